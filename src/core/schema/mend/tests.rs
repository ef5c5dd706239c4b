//! Statements that mend.
