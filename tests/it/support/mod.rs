//! Builders: a test asks for a world in one line. Nothing here asserts anything of the
//! program.

pub(crate) mod program;
pub(crate) mod proxy;
pub(crate) mod roles;
pub(crate) mod running;
pub(crate) mod server;
pub(crate) mod service;
pub(crate) mod world;

pub(crate) use world::World;
