//! Owns the second look at a file: what the set knows by now decides what is harmless, the waivers
//! decide what is accepted, and the profile what is refused. Must never read SQL.

use super::Inspection;
use super::inventory::Inventory;
use super::offence::{self, Found, Hit, Walker};
use super::reading::{Read, Reading};
use super::rule::Rule;
use super::rules::{self, Scene};
use super::terms::Terms;
use super::waiver::Waiver;

/// Judges the files of a set in their order.
#[derive(Debug)]
pub struct Judge {
    terms: Terms,
    inventory: Inventory,
}

impl Judge {
    /// One that has seen no file.
    #[must_use]
    pub fn new(terms: Terms) -> Self {
        Self { terms, inventory: Inventory::default() }
    }

    /// Takes in what a file makes, without a judgement.
    pub fn learn(&mut self, reading: &Reading) {
        self.inventory.begin_file(false);
        for act in reading.statements.iter().flat_map(|it| &it.acts) {
            self.inventory.take(act, &self.terms);
        }
    }

    /// Judges the next file in the light of those before it.
    pub fn judge(&mut self, reading: &Reading) -> Inspection {
        self.inventory.begin_file(true);
        let mut hits: Vec<Vec<Hit>> = Vec::with_capacity(reading.statements.len());
        for read in &reading.statements {
            let mut found = Found { hits: read.hits.clone(), statement: read.number };
            let scene = Scene::new(&self.terms, &self.inventory, read);
            rules::judge(&scene, &mut found);
            hits.push(found.hits);
            for act in &read.acts {
                self.inventory.take(act, &self.terms);
            }
        }
        // What a later statement of the same file may still bring.
        for (read, hits) in reading.statements.iter().zip(&mut hits) {
            let mut found = Found { hits: std::mem::take(hits), statement: read.number };
            let scene = Scene::new(&self.terms, &self.inventory, read);
            rules::foreign_key_without_index::check(&scene, &mut found);
            *hits = found.hits;
        }
        let mut places = Walker::new(&reading.text);
        let mut waivers = Vec::new();
        let mut left = Vec::new();
        for (read, hits) in reading.statements.iter().zip(hits) {
            left.extend(self.waive(read, hits, &mut waivers, &mut places));
        }
        let offences = offence::placed(&reading.text, left, self.terms.profile);
        Inspection { statements: reading.spans(), offences, waivers }
    }

    /// What the waivers of a statement leave of its breaches.
    fn waive(
        &self,
        read: &Read,
        hits: Vec<Hit>,
        waivers: &mut Vec<Waiver>,
        places: &mut Walker<'_>,
    ) -> Vec<Hit> {
        let profile = self.terms.profile;
        let mut found = Found { hits, statement: read.number };
        for written in &read.waivers {
            let is_meant = |hit: &Hit| hit.rule == written.rule && !hit.firm;
            if !written.rule.can_be_waived_in(profile) {
                rules::bad_waiver::refuse(written, profile, &mut found);
            } else if found.hits.iter().any(is_meant) {
                waivers.push(Waiver {
                    rule: written.rule,
                    reason: written.reason.clone(),
                    statement: read.number,
                    place: places.place(written.offset),
                });
            } else {
                rules::unused_waiver::note(written, &mut found);
            }
        }
        let accepted: Vec<Rule> = read
            .waivers
            .iter()
            .map(|it| it.rule)
            .filter(|rule| rule.can_be_waived_in(profile))
            .collect();
        found.hits.retain(|hit| hit.firm || !accepted.contains(&hit.rule));
        found.hits
    }
}
