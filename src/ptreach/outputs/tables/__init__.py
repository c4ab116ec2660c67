"""Tables: CSV with sidecars, a workbook and an OpenDocument spreadsheet, from one dictionary of columns."""
