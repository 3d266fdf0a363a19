//! The order of a set's members.

use std::rc::Rc;
use std::sync::Arc;

use super::MarshalError;
use super::counts::{Counts, Root};
use super::write::{Place, Result, Writer};
use crate::constant::Constant;

/// How deep sets may nest. The compiler makes none of sets.
const MAX_SORTING: u32 = 8;

impl<'a> Writer<'a> {
    /// The references to all that is written.
    pub(super) fn counts(&mut self) -> Result<Rc<Counts>> {
        match &self.counts {
            Some(counts) => Ok(Rc::clone(counts)),
            None => {
                let counts = Rc::new(Counts::of(self.root, &mut self.rules)?);
                self.counts = Some(Rc::clone(&counts));
                Ok(counts)
            }
        }
    }

    /// As what this member of a set is written to find out its place: as held if there is a reference to it, besides the
    /// set's own, while that is found out.
    fn place_to_sort(&mut self, member: &Constant) -> Result<Place> {
        let is_held =
            self.rules.holds_members_to_sort || self.counts()?.is_held(address(member), member);
        Ok(match is_held {
            true => Place::Held,
            false => Place::Shared,
        })
    }

    /// The members of a set in CPython's order: by what the writer makes of each alone.
    pub(super) fn sorted_members(
        &mut self,
        items: &'a [Constant],
        depth: usize,
    ) -> Result<Vec<&'a Constant>> {
        if self.sorting >= MAX_SORTING {
            return Err(MarshalError::TooDeep);
        }
        let mut dumps = Vec::with_capacity(items.len());
        for item in items {
            let place = self.place_to_sort(item)?;
            let mut dump = Vec::new();
            let mut writer = Writer::by(self.rules.clone(), Root::Constant(item), &mut dump);
            writer.sorting = self.sorting + 1;
            writer.filename = self.filename;
            // Only containers and their members depend on what else is shared.
            if matches!(
                item,
                Constant::Tuple(_)
                    | Constant::FrozenSet(_)
                    | Constant::Slice(_)
                    | Constant::Code(_)
            ) {
                writer.counts = Some(self.counts()?);
            }
            writer.constant(item, place, depth + 1)?;
            writer.renumber()?;
            dumps.push((dump, item));
        }
        dumps.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(dumps.into_iter().map(|(_, item)| item).collect())
    }
}

/// Of what has an address of its own.
fn address(value: &Constant) -> Option<usize> {
    match value {
        Constant::Str(text) => Some(Arc::as_ptr(text).addr()),
        Constant::Bytes(bytes) if bytes.len() > 1 => Some(bytes.as_ptr().addr()),
        Constant::BigInt(number) => Some(Arc::as_ptr(number).addr()),
        Constant::Tuple(items) | Constant::FrozenSet(items) => Some(items.as_ptr().addr()),
        Constant::Slice(items) => Some(items.as_ptr().addr()),
        Constant::Code(code) => Some(Arc::as_ptr(code).addr()),
        _ => None,
    }
}
