//! The covariance matrix of parameters, read from a table whose header names them.
//!
//! Knows what a covariance matrix is; not what the parameters are for.

use crate::forms::data::{Decimals, Fields, fields_of};
use crate::ground::text::shortened;
use crate::vocabulary::gate::dense::eigenvalues;

/// How far a correlation may be off for a matrix that was rounded to a few digits.
const ROUNDED: f64 = 1e-3;

/// Why a standard error is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknown {
    /// A slope on a parameter is not finite.
    Slope,
    /// The variance comes out negative, as a matrix that was rounded may make it.
    Negative,
    /// It is larger than the largest number.
    Large,
}

impl Unknown {
    /// The same for people.
    pub fn says(self) -> &'static str {
        match self {
            Self::Slope => "a slope on a parameter is not finite",
            Self::Negative => "the covariances are rounded so far that a variance comes out negative",
            Self::Large => "it is larger than the largest number, 1.8e308",
        }
    }
}

/// The covariances of parameters.
#[derive(Debug)]
pub struct Covariance {
    /// The parameters, in the order of rows and columns.
    pub names: Vec<String>,
    /// What should be said of how it was read.
    pub note: Option<String>,
    rows: Vec<Vec<f64>>,
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// What is said of a matrix with more or fewer rows than parameters.
fn misfit(names: &[String], rows: usize) -> String {
    let named = names.iter().filter(|name| !name.is_empty()).count();
    let (names, rows) = (counted(named, "parameter"), counted(rows, "row"));
    format!("its header names {names}, and has {rows} behind it; the matrix has a row for each parameter")
}

impl Covariance {
    /// Reads a matrix whose columns a header names, in any order; its rows stand in the same order, or begin with their names.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut lines = fields_of(bytes)?;
        if lines.is_empty() {
            return Err("it is empty".to_owned());
        }
        let (header, rows) = (lines.remove(0).fields, lines);
        let widest = |row: &Fields| row.fields.len();
        // Names before the rows have a head of their own, or none, as R writes them.
        let label = |row: &Fields| {
            row.fields.first().is_some_and(|field| !field.is_empty() && Decimals::default().number(field.as_bytes()) == Ok(None))
        };
        let named = rows.first().is_some_and(|row| label(row) || widest(row) == header.len() + 1);
        let cornered = named && rows.first().is_some_and(|row| widest(row) <= header.len());
        let names: Vec<String> = header[usize::from(cornered)..].to_vec();
        if names.iter().any(|name| Decimals::default().number(name.as_bytes()) != Ok(None)) {
            return Err("its first line holds numbers; a header names the parameters, such as `b0,b1`".to_owned());
        }
        if let Some(name) = names.iter().enumerate().find_map(|(at, name)| names[..at].contains(name).then_some(name)) {
            return Err(format!("it names `{}` twice", shortened(name)));
        }
        let mut decimals = Decimals::default();
        let mut found: Vec<Option<Vec<f64>>> = vec![None; names.len()];
        for (at, Fields { line, fields }) in rows.iter().enumerate() {
            let label = if named { fields.first() } else { None };
            let place = match label {
                None => at,
                Some(label) => names.iter().position(|name| name == label).ok_or_else(|| {
                    format!("line {line}: the row `{}` is called as no column; rows and columns are the same parameters", shortened(label))
                })?,
            };
            let Some(row) = found.get_mut(place) else { return Err(misfit(&names, rows.len())) };
            let numbers = &fields[usize::from(named)..];
            if numbers.len() != names.len() {
                return Err(format!("line {line} has {}, and the header names {}", counted(numbers.len(), "number"), names.len()));
            }
            let number = |(field, name): (&String, &String)| {
                let place = || format!("line {line}, column `{}`", shortened(name));
                let number = decimals.number(field.as_bytes()).map_err(|why| format!("{}: {why}", place()))?;
                number.filter(|number| number.is_finite()).ok_or_else(|| format!("{}: `{}` is no finite number", place(), shortened(field)))
            };
            let numbers = numbers.iter().zip(&names).map(number).collect::<Result<Vec<f64>, String>>()?;
            if row.replace(numbers).is_some() {
                return Err(format!("line {line}: the row `{}` stands twice", shortened(&names[place])));
            }
        }
        if names.is_empty() || found.contains(&None) {
            return Err(misfit(&names, rows.len()));
        }
        let note = decimals.note();
        let matrix = Self { names, note, rows: found.into_iter().flatten().collect() };
        matrix.check().map(|()| matrix)
    }

    /// Says why it is no covariance matrix, if it is none.
    fn check(&self) -> Result<(), String> {
        let count = self.names.len();
        let name = |at: usize| shortened(&self.names[at]);
        if let Some(at) = (0..count).find(|&at| self.rows[at][at] < 0.0) {
            return Err(format!("the variance of `{}` is negative", name(at)));
        }
        let size = |one: usize, other: usize| (self.rows[one][one].sqrt() * self.rows[other][other].sqrt()).abs();
        for one in 0..count {
            for other in 0..one {
                let (here, there, size) = (self.rows[one][other], self.rows[other][one], size(one, other));
                if (here - there).abs() > ROUNDED * size.max(here.abs().min(there.abs())) {
                    return Err(format!("it is not symmetric: `{}` with `{}` is {here} and {there}", name(one), name(other)));
                }
                if here.abs() > (1.0 + ROUNDED) * size {
                    let why = "their covariance is larger than the product of their standard errors";
                    return Err(format!("it is no covariance matrix: of `{}` and `{}`, {why}", name(other), name(one)));
                }
            }
        }
        let scaled = |place: usize| {
            let (row, column) = (place / count, place % count);
            let size = size(row, column);
            if size > 0.0 { self.rows[row.max(column)][row.min(column)] / size } else { f64::from(u8::from(row == column)) }
        };
        let correlations: Vec<f64> = (0..count * count).map(scaled).collect();
        if eigenvalues(count, &correlations).first().is_some_and(|&least| least < -ROUNDED) {
            return Err("it is no covariance matrix: some sum of the parameters would have a negative variance".to_owned());
        }
        Ok(())
    }

    /// The standard error of a number whose slopes on the parameters are these: the root of J V J'.
    ///
    /// # Errors
    /// Why it is not known.
    pub fn error(&self, slopes: &[f64]) -> Result<f64, Unknown> {
        if slopes.iter().any(|slope| !slope.is_finite()) {
            return Err(Unknown::Slope);
        }
        // Measured in the largest slope, no square overflows.
        let most = slopes.iter().fold(0.0f64, |most, slope| most.max(slope.abs()));
        if most == 0.0 {
            return Ok(0.0);
        }
        let row = |(slope, row): (&f64, &Vec<f64>)| slope / most * row.iter().zip(slopes).map(|(v, slope)| v * (slope / most)).sum::<f64>();
        let variance: f64 = slopes.iter().zip(&self.rows).map(row).sum();
        if variance < 0.0 {
            return Err(Unknown::Negative);
        }
        Some(variance.sqrt() * most).filter(|error| error.is_finite()).ok_or(Unknown::Large)
    }
}
