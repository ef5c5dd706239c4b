//! `rehearse`: the pending plan is carried out on a twin, each statement is measured there, and
//! neither the environment nor the scratch server shows anything of it afterwards.

mod ground;
mod locks;
mod rewrites;
mod story;
mod world;
