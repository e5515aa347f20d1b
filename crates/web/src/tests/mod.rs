//! Rules that hold for the pages as a whole.

mod gate;
mod log;
mod routes;
mod sign_in;
mod unit;
