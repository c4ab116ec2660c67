"""The map for a browser: one page that opens from disk and asks no network for anything."""

from ptreach.outputs.web.page import web_page

__all__ = ["web_page"]
