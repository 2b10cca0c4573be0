//! All integration tests in one binary, a module per feature.

mod expected;
mod served;
mod support;

mod architecture;
mod assets;
mod cache;
mod calendar;
mod cards;
mod citation_graph;
mod citations;
mod determinism;
mod diagnostics;
mod fire;
mod golden;
mod hostile;
mod icons;
mod images;
mod incremental;
mod live;
mod mentions;
mod microformats;
mod other_generators;
mod pings_and_sources;
mod properties;
mod publishing;
mod search;
mod serve;
mod smoke;
mod social;
mod specialization;
mod theme_reference;
mod undo;
