//! The one integration binary: a module a feature.

mod support;

mod architecture;
mod citations;
mod determinism;
mod diagnostics;
mod golden;
mod hostile_input;
mod hostile_mentions;
mod mentions;
mod microformats;
mod properties;
mod publishing;
mod smoke;
