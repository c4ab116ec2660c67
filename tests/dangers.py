"""What no module may do with what strangers wrote: found in its syntax tree, by the names it imports."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

BARRED = {
    "eval": "runs text as code",
    "exec": "runs text as code",
    "compile": "makes text into code",
    "builtins.eval": "runs text as code",
    "builtins.exec": "runs text as code",
    "builtins.compile": "makes text into code",
    "__import__": "loads a module by a name that is data",
    "importlib.import_module": "loads a module by a name that is data",
    "code.interact": "runs text as code",
    "runpy.run_path": "runs a file as code",
    "runpy.run_module": "runs a file as code",
    "pandas.eval": "runs text as code",
    "numexpr.evaluate": "runs text as code",
    "os.system": "gives text to a shell",
    "os.popen": "gives text to a shell",
    "os.startfile": "opens a file with whatever claims it",
    "subprocess.getoutput": "gives text to a shell",
    "subprocess.getstatusoutput": "gives text to a shell",
    "subprocess.Popen": "starts a program",
    "subprocess.run": "starts a program",
    "subprocess.call": "starts a program",
    "subprocess.check_call": "starts a program",
    "subprocess.check_output": "starts a program",
    "asyncio.create_subprocess_shell": "gives text to a shell",
    "asyncio.create_subprocess_exec": "starts a program",
    "multiprocessing.connection.Client": "unpickles what another process sends",
    "multiprocessing.connection.Listener": "unpickles what another process sends",
    "pickle.load": "runs what a pickle names",
    "pickle.loads": "runs what a pickle names",
    "pickle.Unpickler": "runs what a pickle names",
    "cloudpickle.load": "runs what a pickle names",
    "cloudpickle.loads": "runs what a pickle names",
    "dill.load": "runs what a pickle names",
    "dill.loads": "runs what a pickle names",
    "joblib.load": "runs what a pickle names",
    "pandas.read_pickle": "runs what a pickle names",
    "shelve.open": "runs what a pickle names",
    "marshal.load": "reads code",
    "marshal.loads": "reads code",
    "yaml.load": "makes objects that a file names",
    "yaml.load_all": "makes objects that a file names",
    "yaml.unsafe_load": "makes objects that a file names",
    "yaml.full_load": "makes objects that a file names",
    "jsonpickle.decode": "makes objects that a file names",
    "numpy.load": "runs what a pickle names, if allowed",
    "numpy.fromfile": "believes a file's own word for its size",
    "xml.etree.ElementTree.parse": "parses XML",
    "xml.etree.ElementTree.iterparse": "parses XML",
    "xml.etree.ElementTree.fromstring": "parses XML",
    "xml.etree.ElementTree.XML": "parses XML",
    "xml.etree.ElementTree.XMLParser": "parses XML",
    "xml.dom.minidom.parse": "parses XML",
    "xml.dom.minidom.parseString": "parses XML",
    "xml.sax.parse": "parses XML",
    "xml.sax.parseString": "parses XML",
    "xml.sax.make_parser": "parses XML",
    "xml.parsers.expat.ParserCreate": "parses XML",
    "lxml.etree.parse": "parses XML",
    "lxml.etree.fromstring": "parses XML",
    "lxml.etree.XML": "parses XML",
    "lxml.html.fromstring": "parses XML",
    "pptx.oxml.parse_xml": "parses XML",
    "pandas.read_xml": "parses XML",
    "pandas.read_html": "parses XML",
    "odf.opendocument.load": "parses XML",
    "openpyxl.load_workbook": "parses XML",
    "pandas.read_excel": "reads a workbook by whatever library claims it",
    "tempfile.mktemp": "names a file that another may make first",
    "zipfile.ZipFile.extract": "writes under names that an archive gives",
    "zipfile.ZipFile.extractall": "writes under names that an archive gives",
    "shutil.unpack_archive": "writes under names that an archive gives",
    "tarfile.open": "reads an archive of links and devices",
    "tarfile.TarFile": "reads an archive of links and devices",
    "urllib.request.urlopen": "opens any address, those of files too",
    "urllib.request.urlretrieve": "opens any address, those of files too",
    "pyogrio.read_dataframe": "lets GDAL open whatever a file says",
    "pyogrio.read_arrow": "lets GDAL open whatever a file says",
    "pyogrio.list_layers": "lets GDAL open whatever a file says",
    "pyogrio.read_info": "lets GDAL open whatever a file says",
    "geopandas.read_file": "lets GDAL open whatever a file says",
    "ssl._create_unverified_context": "believes any server",
    "hashlib.md5": "is a digest that can be forged",
    "hashlib.sha1": "is a digest that can be forged",
}
"""Functions by their full names, and what they do."""
METHODS = {
    "extract": "writes under names that an archive gives",
    "extractall": "writes under names that an archive gives",
}
"""Methods of what an archive's name may be bound to: a tree of syntax does not know types."""
KEYWORDS = {"shell": True, "allow_pickle": True, "verify": False, "trust_env": True}
"""Arguments that must not have such a value, whatever is called."""


class Danger(NamedTuple):
    """A call, or a mention, of what is barred."""

    line: int
    name: str
    why: str


def dangers_in(text: str) -> list[Danger]:
    """What is barred in a module's text, in its order; a mention counts as a call does, under any name."""
    tree = ast.parse(text)
    known = dict(_imports(tree))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            name = _full_name(node, known)
            if name in BARRED:
                found.add(Danger(node.lineno, name, BARRED[name]))
        if isinstance(node, ast.Call):
            found |= set(_of_call(node, known))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            found.add(Danger(node.lineno, f"{node.module}.*", "hides what is imported"))
    return sorted(found)


def _of_call(node: ast.Call, known: dict[str, str]) -> Iterator[Danger]:
    """What is barred in a call by its arguments, or by the name of the method."""
    for keyword in node.keywords:
        value = keyword.value
        if keyword.arg in KEYWORDS and not (
            isinstance(value, ast.Constant) and value.value is (not KEYWORDS[keyword.arg])
        ):
            if keyword.arg == "verify" and not isinstance(value, ast.Constant):
                continue  # a context of certificates
            yield Danger(node.lineno, f"{keyword.arg}={ast.unparse(value)}", "lifts a barrier")
    if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        if isinstance(node.func.value, ast.Attribute) and node.func.value.attr == "str":
            return  # pandas' search for a pattern
        name = _full_name(node.func, known) or f".{node.func.attr}"
        if name not in BARRED:
            yield Danger(node.lineno, f".{node.func.attr}", METHODS[node.func.attr])


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names that a module gives to what it imports, wherever it does, with their full names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _full_name(node: ast.expr, known: dict[str, str]) -> str:
    """The full name of what a name or a chain of attributes stands for; empty where it is none."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([known.get(node.id, node.id), *reversed(parts)])
