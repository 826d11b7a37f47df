//! The house as docs/architecture.md draws it: who may import whom, and how long a file
//! may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Lines that a file may have, its unit tests included.
const LONGEST: usize = 400;

type Segments = Vec<String>;

/// A module: its path from the crate root, what it imports, what it re-exports.
#[derive(Debug, Default)]
struct Module {
    uses: Vec<Segments>,
    exports: BTreeMap<String, Segments>,
}

struct House(BTreeMap<String, Module>);

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("src") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}

/// `law::slice` for src/law/slice.rs, `law` for src/law/mod.rs, nothing for src/lib.rs.
fn module_path(file: &Path) -> String {
    let relative = file.strip_prefix(source()).expect("within src").with_extension("");
    let names: Vec<_> = relative.iter().map(|name| name.to_str().expect("a name")).collect();
    match names.split_last() {
        Some((&("mod" | "lib"), above)) => above.join("::"),
        _ => names.join("::"),
    }
}

/// The code without comments, and without unit tests, which stand last.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a file");
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect()
}

/// `a::{b, c::{d, e}}` as the paths that it stands for.
fn expand(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else { return vec![path.trim().to_owned()] };
    let inside = rest.rsplit_once('}').expect("a closed brace").0;
    let (mut depth, mut item, mut items) = (0, String::new(), Vec::new());
    for letter in inside.chars() {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        if letter == ',' && depth == 0 {
            items.push(std::mem::take(&mut item));
        } else {
            item.push(letter);
        }
    }
    items.push(item);
    let items = items.iter().filter(|item| !item.trim().is_empty());
    items.flat_map(|item| expand(&format!("{}{}", before.trim(), item.trim()))).collect()
}

impl House {
    fn read() -> Self {
        let files = rust_files(&source());
        let mut house = Self(files.iter().map(|f| (module_path(f), Module::default())).collect());
        for file in &files {
            let path = module_path(file);
            let module = house.module(&path, &code(file));
            house.0.insert(path, module);
        }
        house
    }

    fn module(&self, path: &str, code: &str) -> Module {
        let mut module = Module::default();
        for statement in code.split(';') {
            // The last line that begins with `use`, perhaps after `pub` or `pub(…)`.
            let starts = |line: &str| {
                let line = line.trim_start();
                line.starts_with("use ") || line.starts_with("pub") && line.contains(" use ")
            };
            let lines: Vec<&str> = statement.lines().collect();
            if let Some(first) = lines.iter().position(|line| starts(line)) {
                let statement = lines[first..].join(" ");
                let public = statement.trim_start().starts_with("pub");
                let names = statement.split_once("use ").expect("a use").1;
                for name in expand(names) {
                    let name = name.split(" as ").next().unwrap_or_default().trim().to_owned();
                    let Some(target) = self.absolute(path, &name) else { continue };
                    // What a module shows of its own children it does not import.
                    let own = target.join("::").starts_with(&format!("{path}::"));
                    if !(public && (own || path.is_empty())) {
                        module.uses.push(target.clone());
                    }
                    if let (true, Some(last)) = (public && target.len() > 1, target.last()) {
                        module.exports.entry(last.clone()).or_insert(target);
                    }
                }
            }
        }
        for (at, _) in code.match_indices("crate::").chain(code.match_indices("super::")) {
            let named = |letter: &char| letter.is_alphanumeric() || matches!(letter, '_' | ':');
            let name: String = code[at..].chars().take_while(named).collect();
            let inline = !code[..at].ends_with(['$', ':']) && !name.ends_with("::");
            module.uses.extend(self.absolute(path, &name).filter(|_| inline));
        }
        module
    }

    /// The path from the crate root; none for other crates.
    fn absolute(&self, module: &str, path: &str) -> Option<Segments> {
        let mut segments: Vec<&str> = path.split("::").map(str::trim).collect();
        let mut base: Vec<&str> = module.split("::").filter(|name| !name.is_empty()).collect();
        match segments[0] {
            "crate" => base.clear(),
            "self" => {}
            "super" => base.truncate(base.len().saturating_sub(1)),
            first => {
                let inner = [&base[..], &[first]].concat().join("::");
                return self.0.contains_key(&inner).then(|| {
                    base.iter().chain(&segments).map(|name| (*name).to_owned()).collect()
                });
            }
        }
        segments.remove(0);
        while segments.first() == Some(&"super") {
            base.pop();
            segments.remove(0);
        }
        Some(base.iter().chain(&segments).map(|name| (*name).to_owned()).collect())
    }

    /// The module whose file defines what a path names.
    fn home(&self, path: &[String], depth: usize) -> String {
        let mut here = String::new();
        for (place, name) in path.iter().enumerate() {
            let inner = if here.is_empty() { name.clone() } else { format!("{here}::{name}") };
            if self.0.contains_key(&inner) {
                here = inner;
                continue;
            }
            let export = self.0[&here].exports.get(name).filter(|_| depth < 8);
            return match export {
                Some(target) => self.home(&[&target[..], &path[place + 1..]].concat(), depth + 1),
                None => here,
            };
        }
        here
    }

    /// The files that each file imports from.
    fn imports(&self) -> BTreeMap<&str, BTreeSet<String>> {
        let homes = |(path, module): (&'_ String, &Module)| {
            let mut homes: BTreeSet<String> =
                module.uses.iter().map(|used| self.home(used, 0)).collect();
            homes.remove(path);
            homes
        };
        self.0.iter().map(|(path, module)| (path.as_str(), homes((path, module)))).collect()
    }
}

fn room(path: &str) -> &str {
    path.split("::").next().unwrap_or_default()
}

/// The rooms of docs/architecture.md in their order, with what each may import.
fn drawn() -> Vec<(String, BTreeSet<String>)> {
    let page = include_str!("../docs/architecture.md");
    let table = page.split("## Rooms").nth(1).and_then(|rest| rest.split("\n## ").next());
    let quoted = |text: &str| -> Vec<String> {
        text.split('`').skip(1).step_by(2).map(|name| name.trim_end_matches('/').into()).collect()
    };
    let rows = table.expect("the section Rooms").lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let columns: Vec<&str> = row.split('|').collect();
        (quoted(columns[1])[0].clone(), quoted(columns[3]).into_iter().collect())
    })
    .collect()
}

#[test]
fn rooms_import_only_what_is_drawn() {
    let (house, rooms) = (House::read(), drawn());
    assert!(rooms.len() > 15, "{rooms:?}");
    for (path, homes) in house.imports() {
        // The root holds the rooms together.
        if path.is_empty() {
            continue;
        }
        let (_, allowed) = rooms
            .iter()
            .find(|(name, _)| name == room(path))
            .unwrap_or_else(|| panic!("docs/architecture.md has no room {}", room(path)));
        for home in homes.iter().filter(|home| room(home) != room(path)) {
            assert!(!home.is_empty(), "{path} imports something that only src/lib.rs defines");
            assert!(allowed.contains(room(home)), "{path} imports {home}, which is not drawn");
        }
    }
}

#[test]
fn arrows_point_down() {
    let rooms = drawn();
    for (place, (name, imports)) in rooms.iter().enumerate() {
        for import in imports {
            let below = rooms[..place].iter().any(|(other, _)| other == import);
            assert!(below, "{name} imports {import}, which does not stand above it in the table");
        }
    }
}

#[test]
fn no_imports_run_in_a_circle() {
    let house = House::read();
    let mut left = house.imports();
    // Take away files that import nothing that is left, as long as there are any.
    loop {
        let names: BTreeSet<String> = left.keys().map(|name| (*name).to_owned()).collect();
        let before = left.len();
        left.retain(|_, homes| homes.iter().any(|home| names.contains(home)));
        if left.len() == before {
            break;
        }
    }
    assert!(left.is_empty(), "circles among {:#?}", left.keys());
}

#[test]
fn files_are_short() {
    for file in rust_files(&source()) {
        let lines = fs::read_to_string(&file).expect("a file").lines().count();
        assert!(lines <= LONGEST, "{file:?} has {lines} lines");
    }
}

/// Where no thread can be started, rayon panics unless `threads` is asked before.
#[test]
fn parallel_work_asks_for_threads() {
    for file in rust_files(&source()) {
        let (path, code) = (module_path(&file), code(&file));
        // All of the reduction is reached by `linalg::symmetric_eigenvalues`.
        let entered = path == "threads" || path.starts_with("linalg::two_stage");
        let asked = code.matches("threads::ready()").count();
        let parallel = ["into_par_iter()", "par_chunks", "par_iter"]
            .iter()
            .map(|name| code.matches(&format!(".{name}")).count())
            .sum::<usize>();
        assert!(entered || parallel == 0 || asked > 0, "{path}");
    }
}

#[test]
fn paths_expand() {
    assert_eq!(expand("a::{b, c::{d, e}}"), ["a::b", "a::c::d", "a::c::e"]);
    assert_eq!(expand("a::b"), ["a::b"]);
    let house = House::read();
    let slice = house.module("law::slice", "use super::model::Model;\nfn f(x: crate::Error) {}\n");
    let homes = |module: &Module| -> Vec<String> {
        let homes: BTreeSet<String> = module.uses.iter().map(|used| house.home(used, 0)).collect();
        homes.into_iter().collect()
    };
    assert_eq!(homes(&slice), ["error::variants", "law::model"]);
    let law = house.module("law", "pub use slice::Slice;\npub(crate) use crate::error::Error;\n");
    assert_eq!(homes(&law), ["error::variants"]);
}
