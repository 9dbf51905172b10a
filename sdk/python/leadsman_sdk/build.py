"""Builds the plugin of the project in the current folder into a component.

    python -m leadsman_sdk.build [SOURCE] [-o COMPONENT]

SOURCE is `src/plugin.py`, which has one class that extends `Plugin`; COMPONENT is `build/NAME.wasm`. Name, version and
summary are those of `pyproject.toml`. CPython starts with the plugin, and is kept as it is then.
"""

import argparse
import importlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import traceback
from pathlib import Path

from .plugin import Plugin, stages_of
from .schema import inspect_schema

_SDK = Path(__file__).resolve().parent
_HASH_SEED = "0"
"""What CPython's sets are ordered by, so that two builds give the same answers."""

_APP = """from leadsman_sdk.component import exports
from {module} import {plugin} as plugin

globals().update(exports(plugin, {name!r}, {version!r}, {summary!r}))
"""


def main() -> None:
    """What the command `leadsman-build` does."""
    parser = argparse.ArgumentParser(prog="leadsman-build", description="Builds a plugin into a component.")
    parser.add_argument("source", nargs="?", default="src/plugin.py", type=Path, help="the file with the plugin")
    parser.add_argument("-o", "--output", type=Path, help="the component; by default build/NAME.wasm")
    arguments = parser.parse_args()
    try:
        build(arguments.source, arguments.output)
    except (OSError, ValueError, KeyError, subprocess.CalledProcessError) as error:
        sys.exit(f"leadsman-build: {error}")


def build(source: Path, output: Path | None) -> None:
    """Builds one plugin."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = project["name"].removeprefix("leadsman-plugin-")
    target = output or Path("build") / f"{name}.wasm"
    plugin = _plugin_of(source)
    inspect_schema(plugin.schema)
    stages = stages_of(plugin)
    if not stages:
        raise ValueError("the plugin has no stage: write `screen`, `score`, `route`, `review` or `credit`")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="leadsman-build-") as folder:
        work = Path(folder)
        text = _APP.format(
            module=source.stem,
            plugin=plugin.__name__,
            name=name,
            version=project.get("version", "0.0.0"),
            summary=project.get("description", ""),
        )
        (work / "app").mkdir()
        (work / "app" / "leadsman_app.py").write_text(text, encoding="utf-8")
        _copied(_SDK, work / "sdk" / "leadsman_sdk")
        _copied(source.resolve().parent, work / "source")
        _componentize(work, stages, target)
    print(f"{target}: {', '.join(stages)}; {target.stat().st_size} bytes")


def _plugin_of(source: Path) -> type[Plugin]:
    """The one class of a source file that extends `Plugin`."""
    if not source.is_file():
        raise ValueError(f"there is no {source}; name the source")
    sys.path.insert(0, str(source.resolve().parent))
    try:
        module = importlib.import_module(source.stem)
    except SyntaxError as wrong:
        raise ValueError(f"{_named(wrong.filename, source)}:{wrong.lineno}:{wrong.offset}: {wrong.msg}") from wrong
    except ModuleNotFoundError as missing:
        remedy = f"put it into the project's environment: .venv/bin/python -m pip install {missing.name}"
        raise ValueError(f"{_place(missing, source)}: there is no module {missing.name!r}; {remedy}") from missing
    except Exception as raised:
        raise ValueError(f"{_place(raised, source)}: {type(raised).__name__}: {raised}") from raised
    own = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]
    plugins = [one for one in own if issubclass(one, Plugin)]
    if len(plugins) != 1:
        raise ValueError(f"{source} must have one class that extends `Plugin`; it has {len(plugins)}")
    return plugins[0]


def _place(raised: Exception, source: Path) -> str:
    """The line of the author's from which something was raised."""
    folder = source.resolve().parent
    own = [one for one in traceback.extract_tb(raised.__traceback__) if folder in Path(one.filename).parents]
    return f"{_named(own[-1].filename, source)}:{own[-1].lineno}" if own else str(source)


def _named(file: str | None, source: Path) -> str:
    """A file beside the source, as the source is named."""
    return str(source.with_name(Path(file).name)) if file else str(source)


def _copied(folder: Path, target: Path) -> None:
    """Only what the component needs: what was compiled for this machine would make two builds differ."""
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("__pycache__", "harness.py", "build.py"))


def _componentize(work: Path, stages: list[str], target: Path) -> None:
    paths = [work / "app", work / "source", work / "sdk", Path(sysconfig.get_path("purelib"))]
    python_path = [argument for path in paths for argument in ("--python-path", str(path))]
    contracts = _contracts_of(work, stages)
    command = [_tool(), "--quiet", "--wit-path", str(contracts), "--world", "this-plugin"]
    command += ["--world-module", "wit_world", "componentize", "leadsman_app", *python_path]
    environment = os.environ | {"PYTHONHASHSEED": _HASH_SEED, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([*command, "--output", str(target.resolve())], check=True, cwd=work, env=environment)


def _contracts_of(work: Path, stages: list[str]) -> Path:
    """The contracts, which lie beside the SDKs, with a world of just these stages."""
    beside = [_SDK.parent / "wit", _SDK.parent.parent.parent / "wit"]
    contracts = next((folder for folder in beside if folder.is_dir()), None)
    if contracts is None:
        raise ValueError("the contracts are not there: install the SDK from a whole copy of Leadsman")
    folder = work / "wit"
    shutil.copytree(contracts, folder)
    included = "".join(f"    include {stage}-plugin;\n" for stage in stages)
    world = f"package leadsman:rules@0.1.0;\n\nworld this-plugin {{\n{included}}}\n"
    (folder / "this-plugin.wit").write_text(world, encoding="utf-8")
    return folder


def _tool() -> str:
    """componentize-py of the environment that runs this."""
    beside = Path(sys.executable).with_name("componentize-py")
    return str(beside) if beside.exists() else "componentize-py"


if __name__ == "__main__":
    main()
