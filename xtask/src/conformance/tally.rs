//! What came of many sources, differences grouped by cause.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::outcome::{Outcome, Who};

/// What came of many sources.
#[derive(Default)]
pub struct Tally {
    pub identical: usize,
    pub both_reject: usize,
    /// Those of `both_reject` where the line is another.
    pub other_line: usize,
    pub no_truth: usize,
    /// Sources that CPython accepts and we reject or compile differently.
    pub wrong_accepted: usize,
    /// Sources that only we accept.
    pub wrong_rejected: usize,
    /// The causes with the most sources first.
    pub groups: Vec<Group>,
}

/// Differences with one cause.
pub struct Group {
    pub cause: String,
    /// Source and particulars.
    pub members: Vec<(String, String)>,
}

impl Tally {
    pub fn of(outcomes: Vec<(String, Outcome)>) -> Tally {
        let mut tally = Tally::default();
        let mut groups: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for (name, outcome) in outcomes {
            match outcome {
                Outcome::Identical => tally.identical += 1,
                Outcome::BothReject { same_line } => {
                    tally.both_reject += 1;
                    tally.other_line += usize::from(!same_line);
                }
                Outcome::NoTruth => tally.no_truth += 1,
                Outcome::Differs {
                    cause,
                    details,
                    who,
                } => {
                    match who {
                        Who::OnlyUs => tally.wrong_rejected += 1,
                        Who::Both | Who::OnlyCpython => tally.wrong_accepted += 1,
                    }
                    groups.entry(cause).or_default().push((name, details));
                }
            }
        }
        tally.groups = groups
            .into_iter()
            .map(|(cause, members)| Group { cause, members })
            .collect();
        tally
            .groups
            .sort_by_key(|group| std::cmp::Reverse(group.members.len()));
        tally
    }

    /// Sources that were compared.
    pub fn compared(&self) -> usize {
        self.identical + self.both_reject + self.wrong()
    }

    pub fn wrong(&self) -> usize {
        self.wrong_accepted + self.wrong_rejected
    }

    /// The counts, and the groups with up to `examples` members.
    pub fn print(&self, examples: usize) {
        let no_truth = match self.no_truth {
            0 => String::new(),
            count => format!(", {count} that CPython fails on with a bug of its own"),
        };
        println!(
            "  identical {}, rejected by both {} ({} of them with another line), other {}{no_truth}",
            self.identical,
            self.both_reject,
            self.other_line,
            self.wrong()
        );
        for group in &self.groups {
            println!("  {:5} {}", group.members.len(), group.cause);
            for (name, text) in group.members.iter().take(examples) {
                println!(
                    "        {name}\n            {}",
                    text.replace('\n', "\n            ")
                );
            }
        }
    }

    pub fn to_json(&self, examples: usize) -> Value {
        let groups: Vec<Value> = self
            .groups
            .iter()
            .map(|group| {
                let members = group.members.iter().take(examples);
                let examples: Vec<Value> = members
                    .map(|(source, details)| json!({"source": source, "details": details}))
                    .collect();
                json!({"cause": group.cause, "sources": group.members.len(), "examples": examples})
            })
            .collect();
        json!({
            "identical": self.identical,
            "rejected_by_both": self.both_reject,
            "rejected_with_another_line": self.other_line,
            "only_we_accept": self.wrong_rejected,
            "different_or_only_we_reject": self.wrong_accepted,
            "no_truth": self.no_truth,
            "differences": groups,
        })
    }
}
