//! Which constants of a module are other objects than the rules of sharing give: what its text must say of them.
//!
//! The code objects that assembly makes without being told are laid beside those that are wanted. Where one object of the
//! one side stands for two of the other, or one string is interned and the other not, all objects of that text are told
//! ([`Which`]). A container is told by its strings.

use std::sync::Arc;

use pycsmith_bytecode::constant::should_intern;
use pycsmith_bytecode::{CodeObject, Constant, PyStr, Target, Which};
use pycsmith_ir::text::constants;
use rustc_hash::{FxHashMap, FxHashSet};

/// What must be said, by the addresses of the wanted objects.
#[derive(Default)]
pub(crate) struct Told {
    strings: FxHashMap<*const PyStr, Which>,
    /// Numbers for the strings in a container.
    containers: FxHashMap<usize, u8>,
}

impl Told {
    /// What `made` differs in from what is wanted, in pairs of one and the other.
    pub(crate) fn of(pairs: &[(&CodeObject, &CodeObject)], target: Target) -> Told {
        let mut comparison = Comparison {
            interns_static_strings: target.interns_static_strings(),
            ..Comparison::default()
        };
        for (made, wanted) in pairs {
            comparison.str(&made.qualname, &wanted.qualname);
            for (made, wanted) in made.consts.iter().zip(wanted.consts.iter()) {
                comparison.constant(made, wanted);
            }
        }
        let mut numbers = Numbers {
            qualnames: pairs
                .iter()
                .map(|(_, code)| Arc::as_ptr(&code.qualname))
                .collect(),
            comparison,
            by_text: FxHashMap::default(),
            told: Told::default(),
        };
        for value in pairs.iter().flat_map(|(_, code)| code.consts.iter()) {
            numbers.constant(value);
        }
        numbers.told
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.strings.is_empty() && self.containers.is_empty()
    }

    /// The value as its text gives it, with what must be said of the wanted `value`.
    pub(crate) fn apply(&self, value: &Constant) -> Constant {
        let items = match value {
            Constant::Str(text) => {
                let which = self.strings.get(&Arc::as_ptr(text)).copied();
                return told(text, which.unwrap_or_default());
            }
            value => match items(value) {
                Some(items) => items,
                None => return value.clone(),
            },
        };
        let number = self.containers.get(&items.as_ptr().addr());
        let mut items = items.iter().map(|item| match (item, number) {
            (Constant::Str(text), Some(&number)) => told(text, Which::Own(number)),
            _ => self.apply(item),
        });
        match value {
            Constant::Tuple(_) => Constant::Tuple(items.collect()),
            Constant::FrozenSet(_) => Constant::FrozenSet(items.collect()),
            _ => Constant::Slice(Arc::new(std::array::from_fn(|_| {
                items.next().unwrap_or(Constant::None)
            }))),
        }
    }
}

fn told(text: &PyStr, which: Which) -> Constant {
    Constant::Str(Arc::new(PyStr::told(&text.wtf8[..], which)))
}

fn items(value: &Constant) -> Option<&[Constant]> {
    match value {
        Constant::Tuple(items) | Constant::FrozenSet(items) => Some(items),
        Constant::Slice(items) => Some(&items[..]),
        _ => None,
    }
}

/// What is known of the objects of both sides.
#[derive(Default)]
struct Comparison {
    interns_static_strings: bool,
    /// The counterpart of each object, by address.
    of_made: FxHashMap<usize, usize>,
    of_wanted: FxHashMap<usize, usize>,
    /// Texts whose objects must be told, and addresses of such containers.
    texts: FxHashSet<Vec<u8>>,
    containers: FxHashSet<usize>,
}

impl Comparison {
    fn constant(&mut self, made: &Constant, wanted: &Constant) {
        if let (Constant::Str(made), Constant::Str(wanted)) = (made, wanted) {
            self.str(made, wanted);
            return;
        }
        let (Some(in_made), Some(in_wanted)) = (items(made), items(wanted)) else {
            return;
        };
        if in_made.is_empty() || in_made.len() != in_wanted.len() {
            return;
        }
        let (made_at, wanted_at) = (in_made.as_ptr().addr(), in_wanted.as_ptr().addr());
        if self.of_made.get(&made_at) == Some(&wanted_at) {
            return;
        }
        self.container(made_at, wanted_at);
        match (made, wanted) {
            (Constant::Tuple(_), Constant::Tuple(_)) => {
                for (made, wanted) in in_made.iter().zip(in_wanted) {
                    self.constant(made, wanted);
                }
            }
            (Constant::FrozenSet(_), Constant::FrozenSet(_)) => self.members(in_made, in_wanted),
            // Marshal shares nothing within a slice.
            _ => {}
        }
    }

    /// Members of sets have no order.
    fn members(&mut self, made: &[Constant], wanted: &[Constant]) {
        let text = |value: &Constant| match value {
            Constant::Str(text) => Some(text.clone()),
            _ => None,
        };
        let strings = made.iter().filter_map(text);
        let by_text: FxHashMap<Vec<u8>, Arc<PyStr>> =
            strings.map(|text| (text.wtf8.to_vec(), text)).collect();
        for wanted in wanted.iter().filter_map(text) {
            if let Some(made) = by_text.get(&wanted.wtf8[..]) {
                self.str(made, &wanted);
            }
        }
    }

    fn str(&mut self, made: &Arc<PyStr>, wanted: &Arc<PyStr>) {
        if made.wtf8 != wanted.wtf8 {
            return;
        }
        let (in_made, in_wanted) = (self.is_interned(made), self.is_interned(wanted));
        let differs = if made.permanent && !self.interns_static_strings {
            // Nothing but a name tells that the interpreter's own string is interned.
            false
        } else if in_made || in_wanted {
            in_made != in_wanted
        } else {
            self.counterparts(Arc::as_ptr(made).addr(), Arc::as_ptr(wanted).addr())
                .is_some()
        };
        if differs {
            self.texts.insert(wanted.wtf8.to_vec());
        }
    }

    fn is_interned(&self, text: &PyStr) -> bool {
        text.interned || text.permanent && self.interns_static_strings
    }

    fn container(&mut self, made: usize, wanted: usize) {
        if let Some(other) = self.counterparts(made, wanted) {
            self.containers.extend([wanted, other]);
        }
    }

    /// Notes that one object stands for the other. If one of them has another counterpart already: what the object of `made`
    /// stood for.
    fn counterparts(&mut self, made: usize, wanted: usize) -> Option<usize> {
        let before = *self.of_made.entry(made).or_insert(wanted);
        let back = *self.of_wanted.entry(wanted).or_insert(made);
        (before != wanted || back != made).then_some(before)
    }
}

/// Gives the wanted objects that must be told their words.
struct Numbers {
    comparison: Comparison,
    qualnames: FxHashSet<*const PyStr>,
    /// Objects of one text.
    by_text: FxHashMap<String, Vec<usize>>,
    told: Told,
}

impl Numbers {
    fn constant(&mut self, value: &Constant) {
        if let Constant::Str(text) = value {
            if self.comparison.texts.contains(&text.wtf8[..]) {
                self.str(value, text);
            }
            return;
        }
        let Some(items) = items(value) else { return };
        let address = items.as_ptr().addr();
        if self.comparison.containers.contains(&address)
            && let Some(number) = self.number(value, address)
        {
            self.told.containers.insert(address, number);
        }
        for item in items {
            self.constant(item);
        }
    }

    fn str(&mut self, value: &Constant, text: &Arc<PyStr>) {
        let address = Arc::as_ptr(text);
        let which = if self.comparison.is_interned(text) {
            match should_intern(&text.wtf8) || text.is_singleton() {
                true => None,
                false => Some(Which::Name),
            }
        } else if self.qualnames.contains(&address) {
            Some(Which::Qualname)
        } else {
            self.number(value, address.addr()).map(Which::Own)
        };
        if let Some(which) = which {
            self.told.strings.insert(address, which);
        }
    }

    /// The object's number among those of one text, from 1; `None` if there are more than can be told apart.
    fn number(&mut self, value: &Constant, address: usize) -> Option<u8> {
        let known = self.by_text.entry(constants::text(value)).or_default();
        let index = match known.iter().position(|&other| other == address) {
            Some(index) => index,
            None => {
                known.push(address);
                known.len() - 1
            }
        };
        u8::try_from(index + 1).ok()
    }
}
