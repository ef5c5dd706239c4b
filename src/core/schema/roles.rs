//! Owns the names of the roles that have a function in an environment. Must never compare them:
//! a schema tells of the function, so that environments with other names have the same schema.

/// The names of the roles that have a function in this environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleNames {
    /// Owns the database and its objects.
    pub owner: String,
    /// Applies migrations.
    pub migrator: String,
    /// The service itself.
    pub runtime: String,
}
