//! Links, and where they lead.

use std::fs;
use std::path::Path;

use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};

use crate::page::Page;

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
pub fn is_outside(target: &str) -> bool {
    ["https://", "http://", "crate::"].iter().any(|scheme| target.starts_with(scheme))
}

/// Links and images of a text: place in it, kind, target.
pub fn links(text: &str) -> Vec<(usize, LinkType, String)> {
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
pub fn broken_link(file: &Path, text: &str, kind: LinkType, target: &str) -> Option<String> {
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
