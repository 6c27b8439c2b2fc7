//! Everything that a file's text mentions: paths (imported, written inline, inside macros and
//! attributes), functions with their lengths, types, and tests that are skipped.
//!
//! A path is given from its crate's root, `crate::storage::views`, whatever the file calls it:
//! `self`, `super`, `use ... as`, and modules declared here are followed. Names brought by a glob
//! are not; the glob itself is mentioned.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// How far a chain of renames is followed.
const RENAMES: u8 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Imported,
    Inline,
    InAttribute,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    pub(crate) how: How,
    /// Inside `#[cfg(test)]` or a test function.
    pub(crate) in_test: bool,
}

impl Mention {
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// The library named first. A lone word in code may be a variable, so it counts only in
    /// imports and attributes.
    pub(crate) fn library(&self) -> Option<&str> {
        (self.path.len() > 1 || self.how != How::Inline)
            .then(|| self.path.first().map(String::as_str))
            .flatten()
    }
}

#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) length: usize,
}

#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) line: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) mentions: Vec<Mention>,
    pub(crate) functions: Vec<Function>,
    pub(crate) types: Vec<Named>,
    /// Lines of `#[ignore]` without a reason.
    pub(crate) silently_skipped: Vec<usize>,
    /// Lines of clap arguments that also read an environment variable.
    pub(crate) arguments_from_environment: Vec<usize>,
}

impl Contents {
    pub(crate) fn of(file: &syn::File, module: Vec<String>) -> Self {
        let mut reader = Reader { module, ..Reader::default() };
        reader.visit_file(file);
        let mentions = reader.written.iter().flat_map(|written| reader.mentioned(written)).collect();
        Self { mentions, ..reader.contents }
    }
}

/// A path as the text has it, with the module it stands in.
#[derive(Debug, Clone)]
struct Written {
    path: Vec<String>,
    module: Vec<String>,
    from_outside: bool,
    line: usize,
    how: How,
    in_test: bool,
}

#[derive(Default)]
struct Reader {
    module: Vec<String>,
    in_test: bool,
    contents: Contents,
    written: Vec<Written>,
    /// What a name of this file stands for: from `use` lines and `mod` declarations.
    renames: Vec<(String, Written)>,
}

impl Reader {
    fn mentioned(&self, written: &Written) -> Vec<Mention> {
        let (line, how, in_test) = (written.line, written.how, written.in_test);
        self.resolve(written, RENAMES).into_iter().map(|path| Mention { path, line, how, in_test }).collect()
    }

    fn resolve(&self, written: &Written, renames_left: u8) -> Vec<Vec<String>> {
        let Some((first, rest)) = written.path.split_first() else { return Vec::new() };
        if written.from_outside {
            return vec![written.path.clone()];
        }
        match first.as_str() {
            "crate" | "birgemiz" => vec![from_root(&[], rest)],
            "self" => vec![from_root(&written.module, rest)],
            "super" => {
                let climbs = written.path.iter().take_while(|segment| *segment == "super").count();
                let kept = written.module.len().saturating_sub(climbs);
                let below: Vec<String> = written.path.iter().skip(climbs).cloned().collect();
                vec![from_root(&written.module.iter().take(kept).cloned().collect::<Vec<_>>(), &below)]
            }
            _ => self.renamed(first, rest, renames_left).unwrap_or_else(|| vec![written.path.clone()]),
        }
    }

    fn renamed(&self, first: &str, rest: &[String], renames_left: u8) -> Option<Vec<Vec<String>>> {
        let left = renames_left.checked_sub(1)?;
        let meant: Vec<Vec<String>> = self
            .renames
            .iter()
            .filter(|(name, target)| name == first && target.path.first().is_some_and(|head| head != first))
            .flat_map(|(_, target)| self.resolve(target, left))
            .map(|mut path| {
                path.extend_from_slice(rest);
                path
            })
            .collect();
        (!meant.is_empty()).then_some(meant)
    }

    fn write(&mut self, path: Vec<String>, line: usize, how: How) {
        let (module, in_test) = (self.module.clone(), self.in_test);
        self.written.push(Written { path, module, from_outside: false, line, how, in_test });
    }

    fn import(&mut self, tree: &syn::UseTree, mut before: Vec<String>, from_outside: bool) {
        let (last, name) = match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                return self.import(&path.tree, before, from_outside);
            }
            syn::UseTree::Group(group) => {
                return group.items.iter().for_each(|item| self.import(item, before.clone(), from_outside));
            }
            syn::UseTree::Name(name) => (name.ident.to_string(), name.ident.to_string()),
            syn::UseTree::Rename(rename) => (rename.ident.to_string(), rename.rename.to_string()),
            syn::UseTree::Glob(_) => ("*".to_owned(), "*".to_owned()),
        };
        let name = if name == "self" { before.last().cloned().unwrap_or(name) } else { name };
        if last != "self" || before.is_empty() {
            before.push(last);
        }
        let line = tree.span().start().line;
        let (module, in_test) = (self.module.clone(), self.in_test);
        let written = Written { path: before, module, from_outside, line, how: How::Imported, in_test };
        self.renames.push((name, written.clone()));
        self.written.push(written);
    }

    /// Tokens are not parsed further: every `a::b::c` among them counts as a path.
    fn scan(&mut self, tokens: TokenStream, how: How) {
        let mut path: Vec<String> = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.write(std::mem::take(&mut path), line, how);
                    }
                    if path.is_empty() {
                        line = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Group(group) => {
                    self.write(std::mem::take(&mut path), line, how);
                    colons = 0;
                    self.scan(group.stream(), how);
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    self.write(std::mem::take(&mut path), line, how);
                    colons = 0;
                }
            }
        }
        self.write(path, line, how);
    }

    fn function(&mut self, signature: &syn::Signature, whole: proc_macro2::Span) {
        let line = signature.span().start().line;
        let length = whole.end().line.saturating_sub(line) + 1;
        self.contents.functions.push(Function { name: signature.ident.to_string(), line, length });
    }

    fn named(&mut self, ident: &syn::Ident) {
        self.contents.types.push(Named { name: ident.to_string(), line: ident.span().start().line });
    }

    fn inside_test(&mut self, attributes: &[syn::Attribute], visit: impl FnOnce(&mut Self)) {
        let before = self.in_test;
        self.in_test = before || attributes.iter().any(marks_a_test);
        visit(self);
        self.in_test = before;
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&item.tree, Vec::new(), item.leading_colon.is_some());
        visit::visit_item_use(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.write(segments, path.span().start().line, How::Inline);
        if let Some(written) = self.written.last_mut() {
            written.from_outside = path.leading_colon.is_some();
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        visit::visit_macro(self, item);
        self.scan(item.tokens.clone(), How::Inline);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let line = attribute.span().start().line;
        let segments = attribute.path().segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.write(segments, line, How::InAttribute);
        if attribute.path().is_ident("ignore") && !matches!(attribute.meta, syn::Meta::NameValue(_)) {
            self.contents.silently_skipped.push(line);
        }
        if let syn::Meta::List(list) = &attribute.meta {
            if is_clap(attribute.path())
                && list.tokens.clone().into_iter().any(|token| is_word(&token, "env"))
            {
                self.contents.arguments_from_environment.push(line);
            }
            self.scan(list.tokens.clone(), How::InAttribute);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let name = item.ident.to_string();
        let path = vec!["self".to_owned(), name.clone()];
        let line = item.ident.span().start().line;
        let (module, in_test) = (self.module.clone(), self.in_test);
        let declared = Written { path, module, from_outside: false, line, how: How::Inline, in_test };
        self.renames.push((name.clone(), declared));
        self.module.push(name);
        self.inside_test(&item.attrs, |reader| visit::visit_item_mod(reader, item));
        self.module.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, item.span());
        self.inside_test(&item.attrs, |reader| visit::visit_item_fn(reader, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, item.span());
        self.inside_test(&item.attrs, |reader| visit::visit_impl_item_fn(reader, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.function(&item.sig, item.span());
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.named(&item.ident);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.named(&item.ident);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.named(&item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.named(&item.ident);
        visit::visit_item_type(self, item);
    }
}

fn from_root(module: &[String], rest: &[String]) -> Vec<String> {
    std::iter::once("crate".to_owned()).chain(module.iter().cloned()).chain(rest.iter().cloned()).collect()
}

fn marks_a_test(attribute: &syn::Attribute) -> bool {
    let last = attribute.path().segments.last().map(|segment| segment.ident.to_string());
    match &attribute.meta {
        syn::Meta::List(list) if attribute.path().is_ident("cfg") => list.tokens.to_string() == "test",
        syn::Meta::Path(_) | syn::Meta::List(_) | syn::Meta::NameValue(_) => last.as_deref() == Some("test"),
    }
}

fn is_clap(path: &syn::Path) -> bool {
    ["arg", "clap", "command"].iter().any(|name| path.is_ident(name))
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentioned(text: &str) -> Vec<String> {
        let file = syn::parse_file(text).expect("the planted text is Rust");
        let module = vec!["rest".to_owned(), "requests".to_owned()];
        Contents::of(&file, module).mentions.iter().map(|mention| mention.path.join("::")).collect()
    }

    #[test]
    fn every_way_to_name_a_thing_ends_at_the_same_path() {
        for text in [
            "use crate::storage::tables;",
            "use crate::{clock, storage::{views, tables as rows}};",
            "use super::super::storage::tables;",
            "use super::super::{storage}; fn f() { storage::tables(); }",
            "use crate::storage as rows; fn f() { rows::tables(); }",
            "fn f() { crate::storage::tables(); }",
            "fn f() { assert_eq!(1, crate::storage::tables); }",
            "#[derive(crate::storage::tables)] struct S;",
            "fn f(x: Vec<crate::storage::tables>) {}",
            "mod inner { use super::super::super::storage::tables; }",
            "mod inner { fn f() { super::super::super::storage::tables(); } }",
            "use crate::storage; use storage::tables;",
        ] {
            assert!(
                mentioned(text).iter().any(|path| path == "crate::storage::tables"),
                "{text}: {:?}",
                mentioned(text)
            );
        }
    }

    #[test]
    fn a_relative_path_is_read_from_the_module_it_stands_in() {
        for (text, meant) in [
            ("mod inner { use super::bodies; }", "crate::rest::requests::bodies"),
            ("mod inner { use self::bodies; }", "crate::rest::requests::inner::bodies"),
            ("mod inner {} use self::bodies;", "crate::rest::requests::bodies"),
            ("mod inner; use inner::bodies;", "crate::rest::requests::inner::bodies"),
            ("use crate::storage; fn f() { ::storage::tables(); }", "storage::tables"),
            ("use crate::storage::{self as rows, views};", "crate::storage"),
        ] {
            assert!(mentioned(text).iter().any(|path| path == meant), "{text}: {:?}", mentioned(text));
        }
    }

    #[test]
    fn a_rename_that_names_itself_ends() {
        assert!(mentioned("use time::time; use a as b; use b as a; fn f() { a::x(); time(); }").len() > 3);
    }
}
