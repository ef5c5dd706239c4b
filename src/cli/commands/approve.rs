//! The door of `approve`, which needs no database, and with a plan file no configuration either:
//! an approver may have neither.

use super::usage::Missing;
use super::{Answered, Call};
use crate::cli::args::ApproveArguments;
use crate::cli::document::{Answer, Body};
use crate::config::Settings;
use crate::core::digest::Digest;
use crate::ops::approve::{Named, Request, approve};
use std::io::ErrorKind;
use std::path::PathBuf;

pub(super) fn run(call: &Call<'_>, given: &ApproveArguments) -> Answered {
    let environment =
        call.global.environment.as_ref().ok_or_else(|| Missing::Environment.refused())?;
    let plan = match Digest::parse(&given.plan) {
        Some(digest) => Named::Digest(digest),
        None => Named::File(PathBuf::from(&given.plan)),
    };
    let settings = settings(call, &plan)?;
    let database = settings.as_ref().map(|it| it.database.as_str());
    let request = Request {
        plan,
        reference: given.reference.clone(),
        expires: given.expires,
        approver: given.approver.clone(),
        key: given.key.clone(),
        directory: given.out.clone(),
    };
    let approved = approve(settings.as_ref(), environment, database, &request)?;
    Ok(Answer::ok(Body::Approve(Box::new(approved))))
}

/// The settings; none where the machine has no configuration and a plan file says enough.
fn settings(call: &Call<'_>, plan: &Named) -> Result<Option<Settings>, super::Refused> {
    let absent = |error: std::io::Error| error.kind() == ErrorKind::NotFound;
    let has_none = std::fs::metadata(&call.global.config).is_err_and(absent);
    if has_none && matches!(plan, Named::File(_)) {
        return Ok(None);
    }
    call.settings(None).map(Some)
}
