//! The review's papers through the binary: the plan file, the approval that is signed with a real
//! `ssh-keygen`, and what `apply` says to every approval that is not the right one.

pub(crate) mod desk;
mod plan_file;
mod right;
mod wrong;
