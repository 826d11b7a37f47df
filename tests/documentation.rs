//! Formulas and links of the documentation, read as rustdoc reads them.
//!
//! Markdown comes before TeX: it eats the backslash of `\,`, starts emphasis at
//! an underscore, and turns `'` into `’`. These tests parse README.md, docs/*.md
//! and every doc comment of src with the options of rustdoc, look for formulas in
//! what is left as KaTeX does, and fail where Markdown has changed one.

use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

/// The delimiters of docs/katex-header.html, in its order.
const DELIMITERS: [(&str, &str); 4] = [("$$", "$$"), ("\\[", "\\]"), ("$", "$"), ("\\(", "\\)")];

/// One text for Markdown, and where each of its lines stands.
struct Page {
    lines: Vec<String>,
    origins: Vec<(PathBuf, usize)>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Shown by rustdoc alone, where `\\,` is `\,`.
    DocComment,
    /// Shown by other readers of Markdown, too, which do not agree on `\\,`.
    File,
}

impl Page {
    fn new(kind: Kind) -> Self {
        Self { lines: Vec::new(), origins: Vec::new(), kind }
    }

    fn from_text(text: &str, kind: Kind) -> Self {
        let mut page = Self::new(kind);
        page.append(text, Path::new("text"), 1);
        page
    }

    fn append(&mut self, text: &str, file: &Path, line: usize) {
        for (i, content) in text.split('\n').enumerate() {
            self.lines.push(content.to_owned());
            self.origins.push((file.to_owned(), line + i));
        }
    }

    fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// Names the file and the line of a place in the text.
    fn place(&self, text: &str, offset: usize) -> String {
        let (file, line) = &self.origins[text[..offset].matches('\n').count()];
        format!("{}:{line}", file.display())
    }

    fn options() -> Options {
        Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_SMART_PUNCTUATION
    }
}

/// A character of the rendered text, or what interrupts it.
struct Item {
    offset: usize,
    is: Is,
}

#[derive(Clone)]
enum Is {
    Plain(char),
    /// Its backslash is gone.
    Escaped(char),
    /// Stands for something else in the source.
    Changed(char, String),
    /// An element begins or ends, so that KaTeX does not see past it.
    Break(&'static str),
}

impl Is {
    fn char(&self) -> Option<char> {
        match self {
            Is::Plain(c) | Is::Escaped(c) | Is::Changed(c, _) => Some(*c),
            Is::Break(_) => None,
        }
    }
}

/// The inline content of each paragraph, heading and cell.
fn blocks(text: &str) -> Vec<Vec<Item>> {
    let mut blocks = vec![Vec::new()];
    let (mut in_code, mut last_end) = (false, 0);
    for (event, range) in Parser::new_ext(text, Page::options()).into_offset_iter() {
        let offset = range.start;
        let block = blocks.last_mut().expect("never empty");
        let mut interrupt = |what| block.push(Item { offset, is: Is::Break(what) });
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(_) if in_code => {}
            Event::Text(content) => {
                let source = &text[range.clone()];
                if source == &*content {
                    let escaped = offset > last_end && text[..offset].ends_with('\\');
                    for (i, (at, c)) in content.char_indices().enumerate() {
                        let is = if i == 0 && escaped { Is::Escaped(c) } else { Is::Plain(c) };
                        block.push(Item { offset: offset + at, is });
                    }
                } else {
                    let changed = |c| Item { offset, is: Is::Changed(c, source.to_owned()) };
                    block.extend(content.chars().map(changed));
                }
                last_end = range.end;
            }
            Event::SoftBreak => block.push(Item { offset, is: Is::Plain('\n') }),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough) => interrupt("emphasis"),
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => {
                interrupt("emphasis");
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => interrupt("a link"),
            Event::End(TagEnd::Link | TagEnd::Image) => interrupt("a link"),
            Event::Code(_) => interrupt("code"),
            Event::InlineHtml(_) => interrupt("HTML"),
            Event::FootnoteReference(_) => interrupt("a footnote"),
            Event::HardBreak => interrupt("a line break"),
            _ => blocks.push(Vec::new()),
        }
    }
    blocks
}

fn begins_with(items: &[Item], delimiter: &str) -> bool {
    let mut chars = items.iter().map(|item| item.is.char());
    delimiter.chars().all(|c| chars.next() == Some(Some(c)))
}

/// The items before the right delimiter, by the rules of KaTeX's auto-render, but
/// past elements, which are a mistake that the caller finds.
fn formula<'a>(items: &'a [Item], right: &str) -> Option<&'a [Item]> {
    let (mut depth, mut i) = (0, 0);
    while i < items.len() {
        if depth <= 0 && begins_with(&items[i..], right) {
            return Some(&items[..i]);
        }
        match items[i].is.char() {
            Some('\\') => i += 1,
            Some('{') => depth += 1,
            Some('}') => depth -= 1,
            _ => {}
        }
        i += 1;
    }
    None
}

/// What Markdown has done to a formula: places and words.
fn changes(formula: &[Item], kind: Kind) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < formula.len() {
        let next = formula.get(i + 1).and_then(|item| item.is.char());
        let mistake = match (&formula[i].is, kind) {
            (Is::Break(what), _) => Some(format!("{what} begins or ends inside a formula")),
            (Is::Changed(c, source), _) => Some(format!("`{source}` becomes `{c}` in a formula")),
            (Is::Escaped(c), Kind::File) => Some(format!(
                "`\\{c}` in a formula does not survive Markdown: write a name, \
                 such as \\thinspace, \\lbrace, \\lVert or \\cr"
            )),
            (Is::Escaped('_' | '*' | '[' | ']'), Kind::DocComment) => None,
            (Is::Escaped('\\'), Kind::DocComment) => {
                let command =
                    next.is_some_and(|c| c.is_ascii_punctuation() || c.is_ascii_alphabetic());
                (!command).then(|| "the row break `\\\\` in a formula loses a backslash".into())
            }
            (Is::Escaped(c), Kind::DocComment) => {
                Some(format!("the backslash of `\\{c}` in a formula is eaten: write `\\\\{c}`"))
            }
            (Is::Plain(_), _) => None,
        };
        found.extend(mistake.map(|what| (formula[i].offset, what)));
        // `\\\\` is one command, `\\`, whose second half is no beginning of another.
        let double = formula[i].is.char() == Some('\\') && next == Some('\\');
        i += if double && kind == Kind::DocComment { 2 } else { 1 };
    }
    found
}

/// Everything that is wrong with the formulas of a page.
fn broken_formulas(page: &Page) -> Vec<String> {
    let text = page.text();
    let mut found = Vec::new();
    for items in blocks(&text) {
        let mut rest = &items[..];
        while !rest.is_empty() {
            let at = |pair: &&(&str, &str)| begins_with(rest, pair.0);
            let Some((left, right)) = DELIMITERS.iter().find(at) else {
                rest = &rest[1..];
                continue;
            };
            let (start, inner) = (rest[0].offset, &rest[left.chars().count()..]);
            let Some(content) = formula(inner, right) else {
                found.push((start, format!("a formula that begins with {left} does not end")));
                break;
            };
            found.extend(changes(content, page.kind));
            rest = &inner[content.len() + right.chars().count()..];
        }
    }
    found.iter().map(|(offset, what)| format!("{}: {what}", page.place(&text, *offset))).collect()
}

/// The text of the string literal that begins at the quote, without its quotes.
fn literal(source: &str) -> String {
    let mut content = String::new();
    let mut chars = source.chars().skip(1);
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => match chars.next() {
                Some('n') => content.push('\n'),
                Some(escaped) => content.push(escaped),
                None => break,
            },
            _ => content.push(c),
        }
    }
    content
}

/// The doc comments of a source file, an item's lines and attributes together.
fn doc_comments(source: &str, file: &Path) -> Vec<Page> {
    let mut pages = vec![Page::new(Kind::DocComment)];
    let (mut marker, mut depth) = ("", 0_isize);
    let mut start = 0;
    for (number, line) in iter::zip(1.., source.split_inclusive('\n')) {
        let trimmed = line.trim();
        let comment = ["//!", "///"].into_iter().find(|m| trimmed.starts_with(m));
        if let Some(found) = comment.filter(|_| !trimmed.starts_with("////")) {
            if found != marker {
                pages.push(Page::new(Kind::DocComment));
                marker = found;
            }
            let content = trimmed[3..].strip_prefix(' ').unwrap_or(&trimmed[3..]);
            pages.last_mut().expect("never empty").append(content, file, number);
        } else if depth > 0 || trimmed.starts_with("#[") || trimmed.starts_with("#![") {
            let page = pages.last_mut().expect("never empty");
            let value = line.find("doc = ").map(|at| start + at + 6);
            if let Some(path) = value.and_then(|at| source[at..].strip_prefix("include_str!(")) {
                let included = file.with_file_name(literal(path)).canonicalize();
                let included = included.expect("the file is there");
                let content = fs::read_to_string(&included).expect("the file is there");
                page.append(&content, &included, 1);
            } else if let Some(at) = value.filter(|at| source[*at..].starts_with('"')) {
                page.append(&literal(&source[at..]), file, number);
            }
            depth += line.matches(['[', '(']).count() as isize;
            depth -= line.matches([']', ')']).count() as isize;
        } else {
            depth = 0;
            marker = "";
            pages.push(Page::new(Kind::DocComment));
        }
        start += line.len();
    }
    pages.retain(|page| !page.lines.is_empty());
    pages
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).canonicalize().expect("the package is there")
}

/// All files of a folder and those below that have this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn markdown_files() -> Vec<Page> {
    let paths = iter::once(root().join("README.md")).chain(files(&root().join("docs"), "md"));
    paths
        .map(|path| {
            let mut page = Page::new(Kind::File);
            page.append(&fs::read_to_string(&path).expect("readable"), &path, 1);
            page
        })
        .collect()
}

fn source_pages() -> Vec<Page> {
    let read = |path: &PathBuf| fs::read_to_string(path).expect("readable");
    let sources = files(&root().join("src"), "rs");
    sources.iter().flat_map(|path| doc_comments(&read(path), path)).collect()
}

/// The anchors of a page's headings: those of rustdoc and of other readers agree
/// if nothing beyond ASCII is in upper case.
fn anchors(text: &str) -> Vec<String> {
    let (mut found, mut heading) = (Vec::<String>::new(), None::<String>);
    for event in Parser::new_ext(text, Page::options()) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(content) | Event::Code(content) => {
                heading.iter_mut().for_each(|h| h.push_str(&content));
            }
            Event::End(TagEnd::Heading(_)) => {
                let kept = |c: char| c.is_alphanumeric() || " -_".contains(c);
                let title = heading.take().expect("a heading has begun").to_lowercase();
                let slug = title.chars().filter(|c| kept(*c)).collect::<String>().replace(' ', "-");
                let twins = found.iter().filter(|other| **other == slug).count();
                found.push(if twins > 0 { format!("{slug}-{twins}") } else { slug });
            }
            _ => {}
        }
    }
    found
}

/// Whether a link leads elsewhere than to a file of the repository.
fn is_outside(target: &str) -> bool {
    ["https://", "http://", "crate::"].iter().any(|scheme| target.starts_with(scheme))
}

/// Links and images of a text: place in it, kind, target.
fn links(text: &str) -> Vec<(usize, LinkType, String)> {
    // A reference without a definition comes back with its label for a target.
    let parser = Parser::new_with_broken_link_callback(
        text,
        Page::options(),
        Some(|link: pulldown_cmark::BrokenLink<'_>| {
            let shortcut = matches!(link.link_type, LinkType::ShortcutUnknown | LinkType::Shortcut);
            (!shortcut).then(|| (link.reference.into_string().into(), "".into()))
        }),
    );
    let target = |(event, range): (Event<'_>, std::ops::Range<usize>)| match event {
        Event::Start(
            Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. },
        ) => Some((range.start, link_type, dest_url.into_string())),
        _ => None,
    };
    parser.into_offset_iter().filter_map(target).collect()
}

/// Says what is wrong with a link from a Markdown file, if anything is.
fn broken_link(file: &Path, text: &str, kind: LinkType, target: &str) -> Option<String> {
    if matches!(kind, LinkType::ReferenceUnknown | LinkType::CollapsedUnknown) {
        return Some(format!("nothing defines the label [{target}]"));
    }
    if is_outside(target) {
        return None;
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(p, a)| (p, Some(a)));
    let other = if path.is_empty() { file.to_owned() } else { file.with_file_name(path) };
    if !other.exists() {
        return Some(format!("{target} does not exist"));
    }
    let anchor = anchor?;
    let there = if path.is_empty() { text.to_owned() } else { fs::read_to_string(other).ok()? };
    (!anchors(&there).iter().any(|a| a == anchor)).then(|| format!("{target}: no such heading"))
}

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
        let missing = |(event, range): (Event<'_>, std::ops::Range<usize>)| match event {
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
