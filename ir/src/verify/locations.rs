//! What a location table can hold (`write_location_info_entry` in `Python/assemble.c`).

use pycsmith_bytecode::Location;

/// Lines and columns end here, so that differences of them fit the table's numbers.
const END: i32 = 1 << 30;

/// Lines may come in any order; within a location, the end line must not be before the first.
pub(super) fn check(loc: Location) -> Result<(), String> {
    let Location {
        line,
        end_line,
        col,
        end_col,
    } = loc;
    if line < 0 {
        if loc == Location::NONE || loc == Location::NEXT {
            return Ok(());
        }
        return Err(format!(
            "line {line}: an instruction without a line has no columns either"
        ));
    }
    if [line, end_line, col, end_col]
        .iter()
        .any(|&number| number >= END)
    {
        return Err("lines and columns end at 2**30".to_owned());
    }
    if col < -1 || end_col < -1 {
        return Err("a column that is not known is -1".to_owned());
    }
    // Only the line is written.
    let no_columns = col < 0 || end_col < 0;
    if end_line < line && !(no_columns && end_line == -1) {
        return Err(format!(
            "ends at line {end_line}, before line {line} where it begins"
        ));
    }
    Ok(())
}
