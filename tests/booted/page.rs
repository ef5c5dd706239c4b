//! Owns the fenced blocks of a page of docs/, so that what is read is what is proved. Must never
//! change a byte of them.

use crate::machine::repository;
use std::fs;

/// One fenced block of a page.
pub(crate) struct Block {
    pub(crate) proof: Option<String>,
    pub(crate) text: String,
}

/// The blocks of a page, in its order.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let page = fs::read_to_string(repository().join(page)).expect("the page");
    let mut blocks = Vec::new();
    // Behind each second fence the text is prose again.
    for fenced in page.split("```").skip(1).step_by(2) {
        let (info, text) = fenced.split_once('\n').expect("a fence ends its line");
        let proof = info.split_once(" proof=").map(|(_, name)| name.to_owned());
        blocks.push(Block { proof, text: text.to_owned() });
    }
    blocks
}

/// The script of a proof: all blocks with its name, one behind the other, run as an operator does
/// who stops at the first failure.
pub(crate) fn script(page: &str, name: &str) -> String {
    let blocks = blocks(page);
    let texts: Vec<&str> = blocks
        .iter()
        .filter(|block| block.proof.as_deref() == Some(name))
        .map(|block| block.text.as_str())
        .collect();
    assert!(!texts.is_empty(), "{page} has no block 'proof={name}'");
    format!("set -eo pipefail; cd /\n{}", texts.concat())
}
