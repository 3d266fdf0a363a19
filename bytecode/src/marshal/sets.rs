//! The order of a set's members.

use std::sync::Arc;

use super::MarshalError;
use super::write::{Place, Result, State, WRITTEN, Writer, scalar};
use crate::constant::Constant;

/// How deep sets may nest. The compiler makes none of sets.
const MAX_SORTING: u32 = 8;

impl<'a> Writer<'a> {
    /// Whether there is a reference to this member of a set, besides the set's own, while the members' order is found
    /// out. (Counting has counted each member twice.)
    fn is_held(&self, member: &Constant) -> bool {
        self.rules.holds_members_to_sort
            || match address(member) {
                Some(address) => self.memory.objects.get(&address),
                None => self.memory.scalars.get(&scalar(member)),
            }
            .is_none_or(|&state| state > 2)
    }

    /// The members of a set in CPython's order: by what the writer makes of each alone.
    pub(super) fn sorted_members(
        &self,
        items: &'a [Constant],
        depth: usize,
    ) -> Result<Vec<&'a Constant>> {
        if self.sorting >= MAX_SORTING {
            return Err(MarshalError::TooDeep);
        }
        let mut dumps = Vec::with_capacity(items.len());
        for item in items {
            let mut dump = Vec::new();
            let mut writer = Writer::by(self.rules.clone(), &mut dump);
            writer.sorting = self.sorting + 1;
            // Only containers and their members depend on what else is shared.
            if matches!(
                item,
                Constant::Tuple(_)
                    | Constant::FrozenSet(_)
                    | Constant::Slice(_)
                    | Constant::Code(_)
            ) {
                let unwritten = |state: State| if state & WRITTEN != 0 { 2 } else { state };
                writer.memory.objects = self
                    .memory
                    .objects
                    .iter()
                    .map(|(&key, &state)| (key, unwritten(state)))
                    .collect();
                writer.memory.scalars = self
                    .memory
                    .scalars
                    .iter()
                    .map(|(&key, &state)| (key, unwritten(state)))
                    .collect();
                if !self.is_held(item)
                    && let Some(address) = address(item)
                {
                    writer.memory.objects.insert(address, 1);
                }
            } else {
                writer.count(item, Place::Shared, depth + 1)?;
                if self.is_held(item) {
                    writer.count(item, Place::Shared, depth + 1)?;
                }
            }
            writer.constant(item, Place::Shared, depth + 1)?;
            dumps.push((dump, item));
        }
        dumps.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(dumps.into_iter().map(|(_, item)| item).collect())
    }
}

/// Of what has an address of its own.
fn address(value: &Constant) -> Option<usize> {
    match value {
        Constant::Str(text) => Some(text.wtf8.as_ptr().addr()),
        Constant::Bytes(bytes) if bytes.len() > 1 => Some(bytes.as_ptr().addr()),
        Constant::BigInt(number) => Some(Arc::as_ptr(number).addr()),
        Constant::Tuple(items) | Constant::FrozenSet(items) => Some(items.as_ptr().addr()),
        Constant::Slice(items) => Some(items.as_ptr().addr()),
        Constant::Code(code) => Some(Arc::as_ptr(code).addr()),
        _ => None,
    }
}
