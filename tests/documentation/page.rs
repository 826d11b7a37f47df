//! The texts: Markdown files, and doc comments with the place of each line.

use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

use pulldown_cmark::Options;

/// One text for Markdown, and where each of its lines stands.
pub struct Page {
    pub lines: Vec<String>,
    pub origins: Vec<(PathBuf, usize)>,
    pub kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// Shown by rustdoc alone, where `\\,` is `\,`.
    DocComment,
    /// Shown by other readers of Markdown, too, which do not agree on `\\,`.
    File,
}

impl Page {
    fn new(kind: Kind) -> Self {
        Self { lines: Vec::new(), origins: Vec::new(), kind }
    }

    pub fn from_text(text: &str, kind: Kind) -> Self {
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

    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// Names the file and the line of a place in the text.
    pub fn place(&self, text: &str, offset: usize) -> String {
        let (file, line) = &self.origins[text[..offset].matches('\n').count()];
        format!("{}:{line}", file.display())
    }

    pub fn options() -> Options {
        Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_SMART_PUNCTUATION
    }
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
pub fn doc_comments(source: &str, file: &Path) -> Vec<Page> {
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

pub fn root() -> PathBuf {
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

pub fn markdown_files() -> Vec<Page> {
    let paths = iter::once(root().join("README.md")).chain(files(&root().join("docs"), "md"));
    paths
        .map(|path| {
            let mut page = Page::new(Kind::File);
            page.append(&fs::read_to_string(&path).expect("readable"), &path, 1);
            page
        })
        .collect()
}

pub fn source_pages() -> Vec<Page> {
    let read = |path: &PathBuf| fs::read_to_string(path).expect("readable");
    let sources = files(&root().join("src"), "rs");
    sources.iter().flat_map(|path| doc_comments(&read(path), path)).collect()
}
