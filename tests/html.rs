//! `pycsmith ir --html`: the page, and the page in a browser where there is one.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn pycsmith(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pycsmith"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the command runs")
}

/// The page of a source.
fn page(folder: &Path, source: &str, arguments: &[&str]) -> String {
    fs::write(folder.join("m.py"), source).expect("a file");
    let fixed = ["ir", "--target", "3.14", "m.py", "--html", "page.html"];
    let output = pycsmith(folder, &[&fixed, arguments].concat());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success() && output.stdout.is_empty());
    fs::read_to_string(folder.join("page.html")).expect("the page")
}

/// What the page holds.
fn data(page: &str) -> Value {
    let (_, rest) = page
        .split_once("<script id=\"data\" type=\"application/json\">")
        .expect("data");
    let (json, _) = rest.split_once("</script>").expect("an end");
    serde_json::from_str(json).expect("JSON")
}

const HOSTILE: &str = "def f(a):\n    s = '</script><script>console.error(1)</script><!--'\n    \
    t = '\\ud800\\x00\u{1}', 'é\u{202e}'; return s, t, a + 1 * 2\n\x0c\nclass C: pass\n";

const FLOW: &str = "\
def flow(xs, *, n=3):
    for x in xs:
        try:
            while n and x is not None:
                n -= 1
                yield x + 1 * 2
        except (ValueError, TypeError) as e:
            raise RuntimeError(f'{e!r}') from e
    return n < 3 or not xs
";

#[test]
fn the_page_needs_nothing_else_and_holds_everything() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = page(folder.path(), HOSTILE, &[]);
    assert!(!page.contains("https:") && !page.contains("src="), "{page}");
    assert_eq!(
        page.matches("http:").count(),
        page.matches("http://www.w3.org/2000/svg").count()
    );
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(page.matches("<!--").count(), 0);
    let data = data(&page);
    assert_eq!(data["target"], "3.14.10");
    let source: Vec<_> = data["source"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| line.as_str().expect("text"))
        .collect();
    assert_eq!(source.join("\n") + "\n", HOSTILE);
    assert!(
        data["passes"]
            .as_array()
            .expect("passes")
            .iter()
            .all(|pass| pass["what"] != "")
    );
    let units = data["units"].as_array().expect("units");
    let f = units.iter().find(|unit| unit["id"] == "f").expect("f");
    let lines = f["lines"].to_string();
    assert!(lines.contains(r#"["BINARY_OP","*",[3,"#), "{lines}");
    // It is folded by the end.
    let stages = f["stages"].as_array().expect("stages");
    let shown = |stage: &Value| {
        let blocks = stage["layout"].as_array().expect("blocks").iter();
        let block = |index: &Value| {
            f["blocks"][index.as_u64().expect("an index") as usize]["lines"].clone()
        };
        let lines = blocks.flat_map(|index| block(index).as_array().expect("lines").clone());
        lines
            .map(|index| f["lines"][index.as_u64().expect("an index") as usize][0].to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        shown(&stages[0])
            .iter()
            .filter(|word| *word == "\"BINARY_OP\"")
            .count(),
        2
    );
    let last = stages.last().expect("a stage");
    assert_eq!(
        shown(last)
            .iter()
            .filter(|word| *word == "\"BINARY_OP\"")
            .count(),
        1
    );
}

#[test]
fn one_function_and_wrong_command_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = data(&page(folder.path(), FLOW, &["--function", "flow"]));
    assert_eq!(one["units"].as_array().expect("units").len(), 1);
    let run = |arguments: &[&str]| {
        pycsmith(
            folder.path(),
            &[&["ir", "--target", "3.14", "m.py"], arguments].concat(),
        )
    };
    assert_eq!(
        run(&["--html", "x.html", "--print-changed"]).status.code(),
        Some(2)
    );
    let output = run(&["--html", "m.py/x.html"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("m.py/x.html"),
        "{output:?}"
    );
    let output = run(&["--html", "-", "--function", "flow"]);
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("<!doctype html>"));
}

#[test]
fn a_browser_has_nothing_to_complain_about() {
    let Some(browser) = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| {
            Command::new(name)
                .arg("--version")
                .output()
                .is_ok_and(|output| output.status.success())
        })
    else {
        eprintln!("no Chromium here: the page is not opened");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let visit = format!("<script>{}</script></body>", include_str!("html/visit.js"));
    for (source, marked) in [(HOSTILE, "1 * 2"), (FLOW, "n -= 1")] {
        let page = page(folder.path(), source, &[]).replace("</body>", &visit);
        fs::write(folder.path().join("visited.html"), page).expect("a file");
        let output = Command::new(browser)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--enable-logging=stderr",
                "--dump-dom",
            ])
            .arg(format!(
                "--user-data-dir={}",
                folder.path().join("profile").display()
            ))
            .arg(format!(
                "file://{}",
                folder.path().join("visited.html").display()
            ))
            .output()
            .expect("the browser runs");
        let (dom, log) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        let complaints: Vec<_> = log
            .lines()
            .filter(|line| line.contains("CONSOLE"))
            .collect();
        assert!(complaints.is_empty(), "{complaints:#?}");
        let title = dom
            .split("<title>")
            .nth(1)
            .and_then(|rest| rest.split("</title>").next());
        assert_eq!(
            title,
            Some(&*format!("0 strips, a graph, {marked}")),
            "{log}"
        );
    }
}
