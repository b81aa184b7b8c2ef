//! The covariance matrix of parameters, read from a table whose header names them.
//!
//! Knows what a covariance matrix is; not what the parameters are for.

use crate::forms::data::parsed;
use crate::ground::text::shortened;
use crate::vocabulary::gate::dense::eigenvalues;

/// How far a correlation may be off for a matrix that was rounded to a few digits.
const ROUNDED: f64 = 1e-3;

/// The covariances of parameters.
#[derive(Debug)]
pub struct Covariance {
    /// The parameters, in the order of rows and columns.
    pub names: Vec<String>,
    rows: Vec<Vec<f64>>,
}

impl Covariance {
    /// Reads a matrix whose columns a header names, in any order; its rows stand in the same order, or begin with their names.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let first = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let has = |sign: u8| first.contains(&sign);
        let divider = [b'\t', b';', b','].into_iter().find(|&sign| has(sign)).unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .delimiter(divider)
            .comment(Some(b'#'))
            .from_reader(bytes);
        let mut records = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| error.to_string())?;
            if !(record.len() == 1 && record[0].is_empty()) {
                records.push(record);
            }
        }
        let Some((header, rows)) = records.split_first() else { return Err("it is empty".to_owned()) };
        // Names before the rows have a head of their own, or none, as R writes them.
        let label = rows.first().is_some_and(|row| row.get(0).is_some_and(|field| parsed(field.as_bytes()).is_none()));
        let cornered = label && header.len() == rows.len() + 1;
        let named = cornered || rows.first().is_some_and(|row| row.len() == header.len() + 1);
        let names: Vec<String> = header.iter().skip(usize::from(cornered)).map(str::to_owned).collect();
        if names.iter().any(|name| parsed(name.as_bytes()).is_some()) {
            return Err("its first line holds numbers; a header names the parameters, such as `b0,b1`".to_owned());
        }
        if names.is_empty() || names.len() != rows.len() {
            return Err(format!(
                "its header names {} parameters, and {} rows follow; the matrix has a row for each",
                names.len(),
                rows.len()
            ));
        }
        if let Some(name) = names.iter().enumerate().find_map(|(at, name)| names[..at].contains(name).then_some(name)) {
            return Err(format!("it names `{}` twice", shortened(name)));
        }
        let mut found: Vec<Option<Vec<f64>>> = vec![None; names.len()];
        for (at, record) in rows.iter().enumerate() {
            let line = record.position().map_or(0, csv::Position::line);
            let label = if named { record.get(0) } else { None };
            let place = match label {
                None => at,
                Some(label) => names.iter().position(|name| name == label).ok_or_else(|| {
                    format!("line {line}: the row `{}` is called as no column; rows and columns are the same parameters", shortened(label))
                })?,
            };
            let numbers: Vec<&str> = record.iter().skip(usize::from(named)).collect();
            if numbers.len() != names.len() {
                return Err(format!("line {line} has {} numbers, and the header names {}", numbers.len(), names.len()));
            }
            let number = |(field, name): (&&str, &String)| {
                parsed(field.as_bytes())
                    .filter(|number| number.is_finite())
                    .ok_or_else(|| format!("line {line}, column `{}`: `{}` is no finite number", shortened(name), shortened(field)))
            };
            let numbers = numbers.iter().zip(&names).map(number).collect::<Result<Vec<f64>, String>>()?;
            if found[place].replace(numbers).is_some() {
                return Err(format!("line {line}: the row `{}` stands twice", shortened(&names[place])));
            }
        }
        let matrix = Self { names, rows: found.into_iter().flatten().collect() };
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

    /// The standard error of a number whose slopes on the parameters are these: the root of J V J'. None where that is negative, as a
    /// matrix that was rounded may make it, or not finite.
    pub fn error(&self, slopes: &[f64]) -> Option<f64> {
        // Measured in the largest slope, no square overflows.
        let most = slopes.iter().fold(0.0f64, |most, slope| most.max(slope.abs()));
        if most == 0.0 && slopes.iter().all(|slope| !slope.is_nan()) {
            return Some(0.0);
        }
        let row = |(slope, row): (&f64, &Vec<f64>)| slope / most * row.iter().zip(slopes).map(|(v, slope)| v * (slope / most)).sum::<f64>();
        let variance: f64 = slopes.iter().zip(&self.rows).map(row).sum();
        Some(variance.sqrt() * most).filter(|error| error.is_finite())
    }
}
