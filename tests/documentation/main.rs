//! Formulas and links of the documentation, read as rustdoc reads them.
//!
//! Markdown comes before TeX: it eats the backslash of `\,`, starts emphasis at
//! an underscore, and turns `'` into `’`. These tests parse README.md, docs/*.md
//! and every doc comment of src with the options of rustdoc, look for formulas in
//! what is left as KaTeX does, and fail where Markdown has changed one.

mod formula;
mod link;
mod page;

use std::fs;
use std::ops::Range;
use std::path::Path;

use formula::broken_formulas;
use link::{broken_link, is_outside, links};
use page::{Kind, Page, doc_comments, markdown_files, root, source_pages};
use pulldown_cmark::{Event, LinkType, Parser};

/// Fails with all messages, paths counted from the root of the repository.
fn report(messages: impl Iterator<Item = String>) {
    let prefix = format!("{}/", root().display());
    let mut messages: Vec<_> = messages.map(|m| m.replace(&prefix, "")).collect();
    messages.dedup();
    assert!(messages.is_empty(), "\n{}\n", messages.join("\n"));
}

#[test]
fn formulas_survive_markdown() {
    let (markdown, sources) = (markdown_files(), source_pages());
    assert!(markdown.len() > 4 && sources.len() > 100);
    report(markdown.iter().chain(&sources).flat_map(broken_formulas));
}

#[test]
fn links_lead_somewhere() {
    report(markdown_files().into_iter().flat_map(|page| {
        let (text, file) = (page.text(), page.origins[0].0.clone());
        let wrong = |(at, kind, target): (usize, LinkType, String)| {
            let what = broken_link(&file, &text, kind, &target)?;
            Some(format!("{}: {what}", page.place(&text, at)))
        };
        links(&text).into_iter().filter_map(wrong).collect::<Vec<_>>()
    }));
}

/// Folders whose files the pages name in code.
const FOLDERS: [&str; 5] = ["src/", "tests/", "benches/", "examples/", "docs/"];

#[test]
fn files_named_in_code_exist() {
    report(markdown_files().into_iter().flat_map(|page| {
        let text = page.text();
        let missing = |(event, range): (Event<'_>, Range<usize>)| match event {
            Event::Code(name) if FOLDERS.iter().any(|folder| name.starts_with(folder)) => {
                let there = name.contains(' ') || root().join(&*name).exists();
                (!there).then(|| format!("{}: no {name}", page.place(&text, range.start)))
            }
            _ => None,
        };
        let parser = Parser::new_ext(&text, Page::options()).into_offset_iter();
        parser.filter_map(missing).collect::<Vec<_>>()
    }));
}

/// Rustdoc has no files beside its pages: what a page of the guide links to
/// needs a definition in src/guide.rs, before the page's own.
#[test]
fn pages_of_the_guide_link_to_pages_of_the_guide() {
    let file = root().join("src/guide.rs");
    let pages = doc_comments(&fs::read_to_string(&file).expect("readable"), &file);
    report(pages.into_iter().flat_map(|page| {
        let text = page.text();
        let local = |(at, _, target): (usize, LinkType, String)| {
            let leaves = !is_outside(&target) && !target.starts_with('#') && target.contains('.');
            leaves.then(|| format!("{}: {target} is no page of rustdoc", page.place(&text, at)))
        };
        links(&text).into_iter().filter_map(local).collect::<Vec<_>>()
    }));
}

#[test]
fn spoilt_formulas_are_found() {
    let both = [Kind::File, Kind::DocComment];
    for (text, what) in [
        (r"$a\,b$", r"`\,`"),
        (r"$$ f\!(x) $$", r"`\!`"),
        (r"$\{1\}$", r"`\{`"),
        (r"$\{1, 2$", r"does not end"),
        (r"$\|x\|$", r"`\|`"),
        (r"$\begin{cases} a \\ b \end{cases}$", r"\\"),
        ("$a*b + c*d$", "emphasis"),
        ("$\\mathbb{E}_{x}, \\mathbb{P}_{y}$", "emphasis"),
        ("$[a](b)$", "a link"),
        ("$a `b` c$", "code"),
        ("$a <b>$", "HTML"),
        ("$f'$", "becomes `’`"),
        ("$1...n$", "becomes `…`"),
        ("$a--b$", "becomes `–`"),
        ("$a", "does not end"),
        ("| a |\n| --- |\n| $a | b$ |", "does not end"),
        ("$$ a\n- b $$", "does not end"),
    ] {
        for kind in both {
            let found = broken_formulas(&Page::from_text(text, kind)).join("; ");
            assert!(found.contains(what), "{text}: {found:?}");
        }
    }
    let found = broken_formulas(&Page::from_text("a\n\n| b |\n| --- |\n| c $x\\;y$ |", Kind::File));
    assert!(found.len() == 1 && found[0].starts_with("text:5: "), "{found:?}");
}

#[test]
fn sound_formulas_pass() {
    for (text, kind) in [
        (r"$a_0 + b_1$, $\lbrace t \rbrace$, $f^\prime \thinspace dx$", Kind::File),
        ("$$ \\frac1d\n  X^\\top $$ and `$a\\,b$`", Kind::File),
        ("```text\n$ cargo test\n```", Kind::File),
        (r"$a\\,b$, $\\{x\\}$, $E\_x$, $[0, 1\]$, \\(a\\)", Kind::DocComment),
        (r"$\begin{cases} a \\\\ b \end{cases}$, $\\sqrt x$", Kind::DocComment),
    ] {
        let found = broken_formulas(&Page::from_text(text, kind));
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn doc_comments_are_read_with_their_lines() {
    let source = "//! Room.\n#![cfg_attr(x, doc = \"| $a\\\\,$ |\")]\n//! $b\\,$\n\n\
                  /// Item\n#[derive(Debug)]\n/// $c'$\nstruct S;\n// $d\\,$\n";
    let pages = doc_comments(source, Path::new("a.rs"));
    let found: Vec<_> = pages.iter().flat_map(broken_formulas).collect();
    let places: Vec<_> = found.iter().map(|m| m.split(": ").next().expect("a place")).collect();
    assert_eq!(places, ["a.rs:2", "a.rs:3", "a.rs:7"], "{found:?}");
}

#[test]
fn broken_links_are_found() {
    let file = root().join("README.md");
    let broken = |text: &str| {
        let (_, kind, target) = links(text).swap_remove(0);
        broken_link(&file, text, kind, &target).is_some()
    };
    assert!(broken("[a](docs/nothing.md)"));
    assert!(broken("[a](docs/theory.md#nothing)"));
    assert!(broken("# Title\n[a](#titel)"));
    assert!(broken("[a][undefined]"));
    assert!(!broken("# Two words\n[a](#two-words)"));
    assert!(!broken("[a][b]\n\n[b]: docs/theory.md#references"));
    assert!(!broken("[a](https://example.org/nothing)"));
}

/// Figures that are still to come are written between at signs.
#[test]
fn no_figure_is_missing() {
    report(markdown_files().into_iter().flat_map(|page| {
        let file = page.origins[0].0.clone();
        let marked = |word: &str| {
            let inner =
                word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '@');
            inner.len() > 2 && inner.starts_with('@') && inner.ends_with('@')
        };
        let text = page.text().to_owned();
        let found: Vec<String> =
            text.split_whitespace().filter(|word| marked(word)).map(str::to_owned).collect();
        found.into_iter().map(move |word| format!("{}: {word} is no figure", file.display()))
    }));
}
