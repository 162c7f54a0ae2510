"""What the import says to people: one sentence per code of the plain-Python readers, and a note per column."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# Filled in with the particulars of the problem by the % operator: a per cent sign is written twice.
PROBLEMS = {
    # === The file === #
    "empty_file": _lt("The file is empty."),
    "file_too_big": _lt("The file exceeds the size limit of %(limit)s MB. Split it, or save it as csv."),
    "wrong_type": _lt(
        "This is not a workbook the import can read (%(kind)s). Save it as an Excel workbook (xlsx or xls) or as csv "
        "and load it again."
    ),
    "encrypted": _lt("The workbook is protected with a password. Remove the password and load it again."),
    "macros": _lt("The workbook holds macros. Save it as an Excel workbook without macros (xlsx)."),
    "corrupt_file": _lt("The file is damaged and cannot be read. Open it in Excel, save it again and retry."),
    "suspicious_archive": _lt("The workbook unpacks to a size far beyond what it can hold and was not read."),
    "dtd_forbidden": _lt("The workbook holds a document type declaration, which Excel never writes. It was not read."),
    "encoding_error": _lt(
        "The encoding of the text is damaged in row %(row)s. Save the file as csv with the UTF-8 encoding."
    ),
    "encoding_undetermined": _lt(
        "The encoding of the text cannot be told. Save the file as csv with the UTF-8 encoding, or as xlsx."
    ),
    "csv_malformed": _lt("The csv file is malformed near row %(row)s: a quotation mark is opened and not closed."),
    "value_too_long": _lt("The text is too long; at most %(limit)s characters are taken."),
    "no_sheet": _lt("The workbook has no visible sheet with rows."),
    "several_sheets": _lt("Several sheets have the layout: %(sheets)s. Choose the sheet, or keep one in the file."),
    "unknown_sheet": _lt("The workbook has no visible sheet %(sheet)s."),
    "too_much_work": _lt(
        "Reading the file took more time or memory than a workbook needs, and was given up. Save it as csv and retry."
    ),
    "too_many_columns": _lt("Cell %(address)s lies beyond the %(limit)s columns that a sheet may have."),
    "too_many_problems": _lt("The file has more than %(limit)s problems; the rows after them were not looked at."),
    "too_many_rows": _lt("The file has more than %(limit)s rows. Split it."),
    "cells_without_address": _lt(
        "The cells of row %(row)s do not say which column they belong to. Open the file in Excel, save it and retry."
    ),
    # === Its headings === #
    "missing_header": _lt(
        "No header row was found: none of the first rows holds the headings of the layout. Required are: %(columns)s"
    ),
    "missing_column": _lt("The required column %(column)s is missing."),
    "unknown_column": _lt(
        "The layout knows no column %(column)s (cell %(address)s). Correct the heading or delete the column."
    ),
    "duplicate_column": _lt("The column %(column)s is there twice (cell %(address)s)."),
    "similar_heading": _lt("The heading %(column)s was read as %(label)s."),
    "no_rows": _lt("The sheet is empty below the header row."),
    # === Its rows === #
    "blank_header": _lt("The column holds a value, but its heading is empty."),
    "column_count": _lt("The row has %(found)s cells where the header row has %(expected)s; cells may have moved."),
    "merged_cells": _lt("Merged cells: only the first holds the value. Unmerge them and fill every row."),
    "required_empty": _lt("A value is required here and the cell is empty."),
    "both_customers": _lt("Only one of the two may be filled: %(first)s or %(second)s."),
    "rows_differ": _lt(
        "Row %(row)s and row %(first)s have the same number %(number)s, but say something different here."
    ),
    "same_number": _lt(
        "Number %(number)s stands in row %(first)s already, written another way: capitals and blanks make no other "
        "number. Write it the same way in all its rows, or give this row a number of its own."
    ),
    "repeated_row": _lt("Row %(row)s repeats row %(first)s of contract %(number)s."),
    "period_order": _lt("The period ends on %(end)s, before it starts on %(start)s."),
    "repeated_member": _lt("Row %(row)s repeats number %(number)s of row %(first)s."),
    # === Its cells === #
    "error_cell": _lt("The formula in this cell ends in an error."),
    "formula_without_value": _lt("The formula in this cell was never calculated. Open the file in Excel and save it."),
    "bad_character": _lt("The text holds a control character that cannot be stored."),
    "lost_letter": _lt("The sign � stands for a letter that was lost when the file was saved. Enter the letter."),
    "wrong_kind": _lt("A text is expected here; Excel made something else of it. Format the column as text."),
    "precision_lost": _lt("Excel has cut digits off this long number. Format the column as text and enter it again."),
    "bad_reference": _lt("An id is expected here: the bare code, without name, address or fraction."),
    "address_reference": _lt("This is the address of a page. Enter only the number or code that it ends with."),
    "bad_number": _lt("A number is expected here."),
    "ambiguous_number": _lt(
        "The sign may be a decimal sign or group thousands. Choose the decimal sign and check again."
    ),
    "too_big": _lt("The number is too big; at most %(limit)s is taken."),
    "bad_percent": _lt("A percentage between 0 and 100 is expected here."),
    "bad_quantity": _lt("The quantity must be above zero."),
    "too_precise": _lt("At most %(digits)s decimals are kept here."),
    "bad_whole": _lt("A whole number from 1 to 9999 is expected here."),
    "bad_date": _lt("A date is expected here: a date cell, 31.12.2025 or 2025-12-31, of the years 1950 to 2199."),
    "no_such_month": _lt("There is no month %(month)s: first the day is expected, then the month, as in 31.12.2025."),
    "no_such_day": _lt("The calendar has no such day: that month ends on %(month_end)s."),
    "short_year": _lt("Write the year with four digits, as in 31.12.2025."),
    "unclear_date": _lt(
        "Day and month could be either way round here. Write the date as 31.12.2025 or 2025-12-31, or format the cell "
        "as a date."
    ),
    "far_date": _lt(
        "The year %(year)s is taken for a slip of the finger: days from %(from_year)s to %(to_year)s are accepted. "
        "Leave an end date empty when there is none."
    ),
    "bad_boolean": _lt("Yes or no is expected here (yes/no, evet/hayır, da/nu, 1/0)."),
    "bad_unit": _lt("Day, week, month or year is expected here."),
    "bad_weekdays": _lt("Days of the week are expected here, for instance Mon, Wed."),
    "bad_clock": _lt("A time of day is expected here, for instance 09:30."),
    "bad_email": _lt("One e-mail address is expected here."),
    "bad_country": _lt("The two letters of a country are expected here, for instance TR or RO."),
    # === Its ids === #
    "unknown_reference": _lt("No record with this id was found (%(model)s)."),
    "unknown_reference_known": _lt("No record with this id was found (%(model)s). Known: %(known)s."),
    "ambiguous_reference": _lt("Several records carry this id (%(model)s). Make it unique first."),
    "archived_reference": _lt("The record with this id is archived (%(model)s)."),
    "wrong_kind_reference": _lt("The record with this id is of another kind than the column asks for (%(model)s)."),
    "no_access": _lt("You may not read these records (%(model)s). Ask for the access right."),
}

COLUMN_NOTES = {
    "individual_customer": _lt("Id of a person. Exactly one of the two customer columns is filled."),
    "corporate_customer": _lt("Id of a company. Exactly one of the two customer columns is filled."),
    "product": _lt("Internal reference of the product."),
    "quantity": _lt("Empty: 1."),
    "price": _lt("Price of one unit for one period, without discount."),
    "discount": _lt("0 to 100. Empty: none."),
    "payment_method": _lt("Id of an incoming payment method of a journal. Empty: none."),
}

# What people do about it, by kind; shown once above the rows concerned.
HINTS = {
    "unknown_reference": _lt("Make the record, or say under Old System IDs which one is meant."),
    "unknown_reference_known": _lt("Use one of the known ids, or say under Old System IDs which record is meant."),
    "ambiguous_reference": _lt("Say under Old System IDs which of them is meant."),
    "unknown_column": _lt("Say under Columns what it holds, or leave it out there."),
    "missing_header": _lt("Say under Columns what each column holds, or take the headings of the template."),
    "ambiguous_number": _lt("Choose the decimal sign beside the file."),
    "several_sheets": _lt("Choose the sheet beside the file."),
}
