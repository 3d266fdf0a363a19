"""CPython's own tests of py_compile and compileall, with pycsmith in place of the modules' functions and commands.

Run by the interpreter whose tests they are: upstream.py PYCSMITH. Prints a JSON object for each test module. A function's
arguments become those of a command line; what that prints and its exit status become what the function prints, returns or raises.
Where a test runs `python -m compileall`, it runs `pycsmith compileall`.
"""

import builtins
import contextlib
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import compileall
import py_compile

PYCSMITH = sys.argv[1]
MODULES = ("py_compile", "compileall")

POOL = "replaces concurrent.futures by a mock and asks how it was used"
FUNCTION = "replaces a function of the module by a mock and asks how it was called"
# What has no form on a command line; everything else must pass.
EXCEPTIONS = {
    "test_do_not_overwrite_nonregular_files":
        "writes to /dev/null: that the .pyc file may have any name is the function's alone "
        "(cases.txt has a FIFO where the file goes)",
    "test_compile_pool_called": POOL,
    "test_compile_workers_cpu_count": POOL,
    "test_compile_one_worker": FUNCTION,
    "test_compile_missing_multiprocessing": FUNCTION,
    "test_workers_available_cores": FUNCTION,
}

commands = 0
real_popen = subprocess.Popen.__init__


def run(arguments, options=(), **variables):
    """Runs one of our modules as a function would act in this process."""
    environment = dict(os.environ, **variables)
    environment.pop("PYTHONPYCACHEPREFIX", None)
    if sys.pycache_prefix is not None:
        environment["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    module, *rest = arguments
    command = [sys.executable, *options, "-m", module, *rest]
    return subprocess.run(command, capture_output=True, env=environment, encoding="utf-8")


def our_command(command, environment):
    """The command that stands in for a call of the interpreter, with its environment; or the call as it is."""
    global commands
    if not isinstance(command, (list, tuple)) or not command or command[0] != sys.executable:
        return command, environment
    level, isolated, words = 0, False, iter(command[1:])
    for word in words:
        if not word.startswith("-") or word == "-c":
            return command, environment
        if word in ("-X", "-W"):
            next(words)
            continue
        letters = word[1:]
        level += letters.count("O")
        isolated |= "I" in letters or "E" in letters
        if letters.endswith("m"):
            module = next(words, None)
            if module not in MODULES:
                return command, environment
            break
    else:
        return command, environment
    commands += 1
    if isolated:
        environment = dict(os.environ if environment is None else environment)
        environment = {name: value for name, value in environment.items() if not name.startswith("PYTHON")}
    return [PYCSMITH, module, "--python", sys.executable, *["-O"] * level, *words], environment


def popen(self, args, *rest, **named):
    args, environment = our_command(args, named.pop("env", None))
    real_popen(self, args, *rest, env=environment, **named)


def raise_from(words, file):
    """Raises what a module's last words tell of."""
    name, colon, rest = words.partition(": ")
    kind = getattr(builtins, name, None)
    if colon and isinstance(kind, type) and issubclass(kind, (OSError, ValueError)):
        raise kind(rest.strip())
    if words.startswith("[Errno ") or "-regular " in words or "is a symlink" in words:
        kind = FileExistsError if "replaced" in words or "changed" in words else OSError
        raise kind(words)
    raise py_compile.PyCompileError(SyntaxError, SyntaxError(), file, words)


def compile(file, cfile=None, dfile=None, doraise=False, optimize=-1, invalidation_mode=None, quiet=0):
    file = os.fspath(file)
    if cfile is None and dfile is None and invalidation_mode is None:
        done = run(["py_compile", file], ["-O"] * max(optimize, 0))
        words = done.stderr
    elif cfile in (None, file + "c") and dfile is None:
        done = run(["compileall", *file_options(cfile, optimize, invalidation_mode), file])
        words = done.stdout.partition("\n")[2] + done.stderr
    elif cfile.endswith(".pyc") and dfile is None:
        # No command line names the file: a copy of the source has it beside it.
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copy2(file, folder)
            options = file_options(cfile, optimize, invalidation_mode)
            done = run(["compileall", *options, "-s", folder, "-p", os.path.dirname(file), copy])
            if done.returncode == 0:
                shutil.move(copy + "c", cfile)
        words = done.stdout.partition("\n")[2] + done.stderr
    else:
        raise NotImplementedError("no command line says this")
    if done.returncode == 0:
        return cfile or importlib.util.cache_from_source(
            file, optimization=None if optimize < 0 else optimize or "")
    try:
        raise_from(words, file)
    except py_compile.PyCompileError as error:
        if quiet < 2:
            if doraise:
                raise
            sys.stderr.write(error.msg + "\n")
    return None


def file_options(cfile, optimize, invalidation_mode):
    """The options of compileall for one file."""
    options = ["-q", "-f"]
    options += ["-b"] * (cfile is not None)
    options += [f"-o{optimize}"] * (optimize >= 0)
    if invalidation_mode is not None:
        options += ["--invalidation-mode", invalidation_mode.name.lower().replace("_", "-")]
    return options


def compile_all(places, *, maxlevels=None, ddir=None, force=False, rx=None, quiet=0, legacy=False, optimize=-1,
                workers=1, invalidation_mode=None, stripdir=None, prependdir=None, limit_sl_dest=None,
                hardlink_dupes=False, **variables):
    levels = [optimize] if isinstance(optimize, int) else optimize
    arguments = ["-q"] * int(quiet)
    for option, value in [("-r", maxlevels), ("-d", ddir), ("-s", stripdir), ("-p", prependdir), ("-e", limit_sl_dest)]:
        if value is not None:
            arguments += [option, os.fspath(value) if option != "-r" else str(value)]
    arguments += ["-f"] * force + ["-b"] * legacy + ["--hardlink-dupes"] * hardlink_dupes
    arguments += ["-j", str(workers)] * (workers != 1)
    arguments += [f"-o{level}" for level in levels if level != -1]
    if rx is not None:
        arguments += ["-x", rx.pattern]
    if invalidation_mode is not None:
        arguments += ["--invalidation-mode", invalidation_mode.name.lower().replace("_", "-")]
    done = run(["compileall", *arguments, *map(os.fspath, places)], **variables)
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(done.stdout.encode(encoding, "backslashreplace").decode(encoding))
    if done.returncode == 2:
        raise ValueError(done.stderr)
    if done.stderr:
        raise_from(done.stderr.splitlines()[-1], places)
    return done.returncode == 0


def compile_dir(dir, maxlevels=None, ddir=None, force=False, rx=None, quiet=0, legacy=False, optimize=-1, workers=1,
                invalidation_mode=None, **named):
    return compile_all([dir], maxlevels=maxlevels, ddir=ddir, force=force, rx=rx, quiet=quiet, legacy=legacy,
                       optimize=optimize, workers=workers, invalidation_mode=invalidation_mode, **named)


def compile_file(fullname, ddir=None, force=False, rx=None, quiet=0, legacy=False, optimize=-1,
                 invalidation_mode=None, **named):
    return compile_all([fullname], ddir=ddir, force=force, rx=rx, quiet=quiet, legacy=legacy, optimize=optimize,
                       invalidation_mode=invalidation_mode, **named)


def compile_path(skip_curdir=1, maxlevels=0, force=False, quiet=0, legacy=False, optimize=-1, invalidation_mode=None):
    # Without arguments; the interpreter that is asked for its path has its own library on it, so only what the test added is named.
    assert maxlevels == 0 and optimize == -1 and all(sys.path)
    return all([compile_all([folder], maxlevels=0, force=force, quiet=quiet, legacy=legacy,
                            invalidation_mode=invalidation_mode) for folder in sys.path])


def main_of(module):
    """The module's `main`."""
    def main():
        done = run([module, *sys.argv[1:]])
        sys.stdout.write(done.stdout)
        sys.stderr.write(done.stderr)
        return done.returncode == 0
    return main


class Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.passed = []

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed.append(test)


def main():
    py_compile.compile = compile
    py_compile.main = main_of("py_compile")
    compileall.main = main_of("compileall")
    compileall.compile_dir = compile_dir
    compileall.compile_file = compile_file
    compileall.compile_path = compile_path
    subprocess.Popen.__init__ = popen
    for module in MODULES:
        suite = unittest.defaultTestLoader.loadTestsFromName(f"test.test_{module}")
        result = Result()
        before = commands
        with contextlib.redirect_stdout(io.StringIO()):
            suite.run(result)
        failed = [(test, text) for test, text in result.failures + result.errors]
        def is_excepted(test):
            name = test.id().rpartition(".")[2]
            return name in EXCEPTIONS
        print(json.dumps({
            "module": f"test_{module}",
            "passed": len([test for test in result.passed if not is_excepted(test)]),
            "skipped": [[test.id(), why] for test, why in result.skipped],
            "excepted": sorted({(test.id().rpartition(".")[2], EXCEPTIONS[test.id().rpartition(".")[2]])
                                for test, _ in failed if is_excepted(test)}),
            "needless": sorted({test.id() for test in result.passed if is_excepted(test)}),
            "failed": [[test.id(), text] for test, text in failed if not is_excepted(test)],
            "commands": commands - before,
        }), flush=True)


main()
