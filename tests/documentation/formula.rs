//! Formulas in what Markdown leaves of a text, and what it has done to them.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::page::{Kind, Page};

/// The delimiters of docs/katex-header.html, in its order.
const DELIMITERS: [(&str, &str); 4] = [("$$", "$$"), ("\\[", "\\]"), ("$", "$"), ("\\(", "\\)")];

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
pub fn broken_formulas(page: &Page) -> Vec<String> {
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
