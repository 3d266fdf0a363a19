//! Texts for JSON: by references a small file may have long ones in many places, so only so much is made.

use std::sync::Arc;

use pycsmith_bytecode::footprint::text_limit;
use pycsmith_bytecode::{CodeObject, Constant, Names, PyStr, Target, repr};

/// Makes texts until there is no room left.
pub struct Texts {
    target: Target,
    left: usize,
}

impl Texts {
    /// For texts about `module`.
    pub fn new(module: &CodeObject, target: Target) -> Texts {
        let left = text_limit(module);
        Texts { target, left }
    }

    /// Whether there is no room left: some texts are missing.
    pub fn is_spent(&self) -> bool {
        self.left == 0
    }

    fn take(&mut self, text: String) -> String {
        // Each has a place in a list as well.
        self.left = self.left.saturating_sub(text.len() + size_of::<String>());
        text
    }

    pub fn text(&mut self, text: &str) -> String {
        self.take(text.to_owned())
    }

    pub fn name(&mut self, name: &PyStr) -> String {
        self.take(name.to_string_lossy().into_owned())
    }

    pub fn names(&mut self, names: &Names) -> Vec<String> {
        self.list(names.iter(), |texts, name| texts.name(name))
    }

    /// As `repr` gives them.
    pub fn constants(&mut self, values: &Arc<[Constant]>) -> Vec<String> {
        self.list(values.iter(), |texts, value| {
            let text = repr::within(value, texts.target, texts.left);
            texts.take(text)
        })
    }

    pub fn list<T>(
        &mut self,
        items: impl Iterator<Item = T>,
        text: impl Fn(&mut Texts, T) -> String,
    ) -> Vec<String> {
        let mut found = Vec::new();
        for item in items {
            if self.is_spent() {
                break;
            }
            found.push(text(self, item));
        }
        found
    }
}
