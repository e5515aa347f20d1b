//! Values on their way into and out of SQL: text, whole numbers, real numbers, nothing. Both engines see the same four.

use std::sync::Arc;

use domain::Id;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Result, instant};

/// One value.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
}

/// The parameters of a statement, in the order of `$1`, `$2`, …: `args![id, name, Some(on)]`.
#[macro_export]
macro_rules! args {
    () => { &[] as &[$crate::Value] };
    ($($value:expr),+ $(,)?) => { &[$($crate::Value::from($crate::ToValue::to_value(&$value))),+] as &[$crate::Value] };
}

/// What can be a parameter.
pub trait ToValue {
    /// The value.
    fn to_value(&self) -> Value;
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}

impl ToValue for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }
}

impl ToValue for str {
    fn to_value(&self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl ToValue for String {
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
}

impl ToValue for Id {
    fn to_value(&self) -> Value {
        Value::Text(self.as_str().to_owned())
    }
}

impl ToValue for Timestamp {
    fn to_value(&self) -> Value {
        Value::Text(instant::text(*self))
    }
}

impl ToValue for Date {
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
}

impl ToValue for bool {
    fn to_value(&self) -> Value {
        Value::Int(i64::from(*self))
    }
}

impl ToValue for f64 {
    fn to_value(&self) -> Value {
        Value::Real(*self)
    }
}

macro_rules! whole_numbers {
    ($($t:ty),+) => { $(
        impl ToValue for $t {
            fn to_value(&self) -> Value {
                // A number beyond i64 cannot be stored; the nearest one never equals a stored key.
                Value::Int(i64::try_from(*self).unwrap_or(i64::MAX))
            }
        }
        impl FromValue for $t {
            fn from_value(value: &Value) -> Option<$t> {
                match value {
                    Value::Int(n) => <$t>::try_from(*n).ok(),
                    _ => None,
                }
            }
        }
    )+ };
}
whole_numbers!(i16, i32, i64, u16, u32, u64, usize);

/// A unit variant of a serde enum as its word: `word(&Role::UnitLead)` is the text `unit_lead`.
pub fn word<T: Serialize>(value: &T) -> Value {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Value::Text(text),
        _ => Value::Null,
    }
}

/// A value as JSON text.
pub fn json<T: Serialize>(value: &T) -> Result<Value> {
    serde_json::to_string(value).map(Value::Text).map_err(Error::internal)
}

/// What a column can be read as.
pub trait FromValue: Sized {
    /// The value, if it is one.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Option<Value> {
        Some(value.clone())
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Option<String> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl FromValue for Id {
    fn from_value(value: &Value) -> Option<Id> {
        String::from_value(value).map(Id::from_text)
    }
}

impl FromValue for Timestamp {
    fn from_value(value: &Value) -> Option<Timestamp> {
        match value {
            Value::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl FromValue for Date {
    fn from_value(value: &Value) -> Option<Date> {
        match value {
            Value::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Option<bool> {
        match value {
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl FromValue for f64 {
    fn from_value(value: &Value) -> Option<f64> {
        match value {
            Value::Real(x) => Some(*x),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Option<T>> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}

/// One row of an answer. Columns are read by name.
#[derive(Debug, Clone)]
pub struct Row {
    pub(crate) columns: Arc<[String]>,
    pub(crate) values: Vec<Value>,
}

impl Row {
    fn value(&self, column: &str) -> Result<&Value> {
        self.columns
            .iter()
            .position(|name| name == column)
            .and_then(|at| self.values.get(at))
            .ok_or_else(|| Error::internal(format_args!("no column {column:?} among {:?}", self.columns)))
    }

    /// The column as a `T`; a column that may be null as an `Option<T>`.
    pub fn get<T: FromValue>(&self, column: &str) -> Result<T> {
        let value = self.value(column)?;
        T::from_value(value)
            .ok_or_else(|| Error::internal(format_args!("column {column:?} is not a {}", std::any::type_name::<T>())))
    }

    /// The column as a unit variant of a serde enum, the way back from [`word`].
    pub fn word<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        let text: String = self.get(column)?;
        serde_json::from_value(serde_json::Value::String(text))
            .map_err(|error| Error::internal(format_args!("column {column:?}: {error}")))
    }

    /// The column as JSON, the way back from [`json`].
    pub fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        match self.value(column)? {
            Value::Text(text) => {
                serde_json::from_str(text).map_err(|error| Error::internal(format_args!("column {column:?}: {error}")))
            }
            _ => Err(Error::internal(format_args!("column {column:?} is not JSON text"))),
        }
    }

    /// The values in the order of the columns.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }
}
