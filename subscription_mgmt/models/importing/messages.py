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
    "no_customer": _lt("One of the two must be filled: %(first)s or %(second)s. Both are empty."),
    "both_customers": _lt("Only one of the two may be filled: %(first)s or %(second)s."),
    "rows_differ": _lt(
        "Row %(row)s and row %(first)s have the same number %(number)s, but say something different here."
    ),
    "repeated_row": _lt("Row %(row)s repeats row %(first)s of contract %(number)s."),
    "no_price": _lt("Contract %(number)s has no price."),
    "end_before_start": _lt("The contract ends on %(end)s, before it starts on %(start)s."),
    "paid_outside": _lt("Paid until %(day)s, outside of the contract (%(start)s – %(end)s). Imported as it is."),
    "too_far": _lt("Periods of this length or number would go beyond the year 9999."),
    "period_order": _lt("The period ends on %(end)s, before it starts on %(start)s."),
    "periods_overlap": _lt("The period begins before that of row %(first)s ends; days would be billed twice."),
    "parent_needed": _lt("Contacts and branches need the number of the member they belong to."),
    "parent_not_taken": _lt("Only contacts and branches belong to another member. Leave the cell empty."),
    "parent_not_corporate": _lt("Contacts and branches belong to a corporate member; this one is of another kind."),
    "parent_unknown": _lt("No corporate member with this number was found, neither in the file nor among the members."),
    "parent_kept_out": _lt("The member it belongs to is kept out by a problem."),
    "vat_not_taken": _lt("Contacts and branches have the tax id of their member. Leave the cell empty."),
    "repeated_member": _lt("Row %(row)s repeats number %(number)s of row %(first)s."),
    # === Its cells === #
    "error_cell": _lt("The formula in this cell ends in an error."),
    "formula_without_value": _lt("The formula in this cell was never calculated. Open the file in Excel and save it."),
    "bad_character": _lt("The text holds a control character that cannot be stored."),
    "lost_letter": _lt("The sign � stands for a letter that was lost when the file was saved. Enter the letter."),
    "wrong_kind": _lt("A text is expected here; Excel made something else of it. Format the column as text."),
    "precision_lost": _lt("Excel has cut digits off this long number. Format the column as text and enter it again."),
    "bad_reference": _lt("An id is expected here: the bare code, without name, address or fraction."),
    "bad_number": _lt("A number is expected here."),
    "ambiguous_number": _lt(
        "The sign may be a decimal sign or group thousands. Choose the decimal sign and check again."
    ),
    "too_big": _lt("The number is too big; at most %(limit)s is taken."),
    "bad_percent": _lt("A percentage between 0 and 100 is expected here."),
    "bad_quantity": _lt("The quantity must be above zero."),
    "too_precise": _lt("At most %(digits)s decimals are kept here."),
    "bad_whole": _lt("A whole number from 1 to 9999 is expected here."),
    "bad_date": _lt("A date is expected here: a date cell, 31.12.2025 or 2025-12-31."),
    "bad_boolean": _lt("Yes or no is expected here (yes/no, evet/hayır, da/nu, 1/0)."),
    "bad_unit": _lt("Day, week, month or year is expected here."),
    "bad_weekdays": _lt("Days of the week are expected here, for instance Mon, Wed."),
    "bad_clock": _lt("A time of day is expected here, for instance 09:30."),
    "bad_member_kind": _lt("Individual, corporate, contact or branch is expected here."),
    "bad_email": _lt("One e-mail address is expected here."),
    "bad_country": _lt("The two letters of a country are expected here, for instance TR or RO."),
    "unknown_country": _lt("There is no country with these two letters."),
    "bad_vat": _lt("This is no valid tax id of the country."),
    "one_rule": _lt("Exactly one of the two says how often: %(first)s or %(second)s."),
    "not_taken": _lt("This means nothing beside %(other)s “%(value)s”. Leave the cell empty."),
    "bad_rule": _lt("The rule cannot be used: %(reason)s"),
    "bad_responsible": _lt("This person cannot be responsible: %(reason)s"),
    "invoice_type": _lt("Recurring invoices are loaded as contracts. Choose another type here."),
    "recurrence_differs": _lt("Recurrence %(number)s already exists with other values: %(columns)s."),
    "customer_kept": _lt("Not changed: an import does not give a recurrence another customer."),
    # === Its ids === #
    "unknown_reference": _lt("No record with this id was found (%(model)s)."),
    "unknown_reference_known": _lt("No record with this id was found (%(model)s). Known: %(known)s."),
    "ambiguous_reference": _lt("Several records carry this id (%(model)s). Make it unique first."),
    "archived_reference": _lt("The record with this id is archived (%(model)s)."),
    "wrong_kind_reference": _lt("The record with this id is of another kind than the column asks for (%(model)s)."),
    "other_company_reference": _lt("The record belongs to another company or branch than the contract (%(company)s)."),
    "no_access": _lt("You may not read these records (%(model)s). Ask for the access right."),
    "branch_disabled": _lt("Subscription management is not enabled for company %(company)s."),
    "contact_elsewhere": _lt("The contact person belongs to another customer. Imported as it is."),
    # === What is there already === #
    "exists_differs": _lt("Contract %(number)s already exists with other values: %(columns)s."),
    "member_differs": _lt("Member %(number)s already exists with other values: %(columns)s."),
    "row_differs": _lt("This period is in the plan already with other values: %(columns)s."),
    "kept_billed": _lt("Not changed: contract %(number)s was billed up to %(day)s."),
    "kept_closed": _lt("Not changed: contract %(number)s is closed."),
    "line_left": _lt("Contract %(number)s has this product too, and the file does not. It was left as it is."),
    # === Payment plans === #
    "unknown_contract": _lt("No contract with this number was found."),
    "closed_contract": _lt("Contract %(number)s is closed; its plan takes no more rows."),
    "no_line": _lt("Contract %(number)s has no line of this product."),
    "product_needed": _lt("Contract %(number)s has several lines. Say which product the row is for."),
    "line_ambiguous": _lt("Contract %(number)s has several lines of this product; the plan cannot tell them apart."),
    "outside_contract": _lt("The period lies outside of contract %(number)s (%(start)s – %(end)s)."),
    "period_billed": _lt("These days were billed already (%(start)s – %(end)s)."),
    "period_taken": _lt("Another row of the plan, kept by hand, covers these days (%(start)s – %(end)s)."),
    "plan_gap": _lt(
        "Contract %(number)s began before this first period and nothing says that the days before it are paid; "
        "activating it plans them too. Set Paid Until on its line if they were billed."
    ),
}

COLUMN_NOTES = {
    "number": _lt("Number of the contract. Rows with the same number are one contract with several lines."),
    "individual_customer": _lt("Id of a person. Exactly one of the two customer columns is filled."),
    "corporate_customer": _lt("Id of a company. Exactly one of the two customer columns is filled."),
    "subject": _lt("What the contract is about."),
    "date_start": _lt("First day of the contract: a date cell, 31.12.2025 or 2025-12-31."),
    "date_end": _lt("Last day of the contract, included. Empty: open-ended."),
    "product": _lt("Internal reference of the product."),
    "quantity": _lt("Empty: 1."),
    "price": _lt("Price of one unit for one period, without discount."),
    "discount": _lt("0 to 100. Empty: none."),
    "interval": _lt("Every how many units is billed: 3 with month is quarterly. Empty: 1."),
    "unit": _lt("Day, week, month or year. Empty: month."),
    "repetitions": _lt("Number of periods to bill. Empty: until the end date."),
    "prorate": _lt("Yes or no: charge a short first or last period by the day. Empty: yes."),
    "paid_until": _lt("Last day already billed in the old system; billing goes on the day after."),
    "invoice_individual": _lt("Id of the person who pays, when it is not the subscriber."),
    "invoice_corporate": _lt("Id of the company that pays, when it is not the subscriber."),
    "contact": _lt("Id of a contact person of the subscriber."),
    "category": _lt("Id of a category of subscribers: Subscriptions > Configuration > Categories."),
    "service_category": _lt("Id of a category of services: Subscriptions > Configuration > Categories."),
    "payment_method": _lt("Id of an incoming payment method of a journal. Empty: none."),
    "payment_term": _lt("Id of the payment terms. Empty: those of the customer."),
    "project": _lt("Id of the project."),
    "asset": _lt("Id of the equipment: Maintenance > Equipment."),
    "branch": _lt("Id of the branch, or of the company itself. Empty: the company of the import."),
    "sales_rep": _lt("Id of the employee who looks after the subscriber."),
    "special_code": _lt("Any text."),
    "note": _lt("Any text."),
    # === Members === #
    "member": _lt("Number of the member in the old system; the other imports find the member by it."),
    "member_kind": _lt("Individual, corporate, contact (a person at a corporate member) or branch (of one)."),
    "member_name": _lt("Name of the person, title of the company, or name of the branch."),
    "parent": _lt(
        "Contacts and branches: number of the corporate member they belong to, in the file or there already."
    ),
    "vat": _lt("Tax number or identity number, checked by the rules of the country."),
    "email": _lt("One address."),
    "phone": _lt("As it is to be shown."),
    "job": _lt("What the contact does there."),
    "street": _lt("Any text."),
    "street2": _lt("Any text."),
    "zip": _lt("Text; leading zeros are kept."),
    "city": _lt("Any text."),
    "country": _lt("Two letters, for instance TR. Empty: none."),
    "member_note": _lt("Any text."),
    # === Recurrences === #
    "recurrence": _lt("Number of the recurrence in the old system."),
    "title": _lt("What is to be done, in a few words."),
    "interaction_type": _lt("Name or id of the type: Subscriptions > Configuration > Interaction Types."),
    "responsible": _lt("Login of the user in whose agenda it stands. Empty: whoever imports."),
    "first_day": _lt("Day from which it counts: a date cell, 31.12.2025 or 2025-12-31."),
    "last_day": _lt("Last day, included. Empty: without end, or after a number of times."),
    "times": _lt("Number of times from the first day. Empty: without end."),
    "frequency": _lt("Day, week, month or year; or leave it empty and write a rule."),
    "every": _lt("Every how many of them: 2 with week is every other week. Empty: 1."),
    "weekdays": _lt("With week: its days, for instance Mon, Wed. Empty: the day of the first one."),
    "month_day": _lt("With month or year: the day of the month; 31 is the last one. Empty: that of the first day."),
    "rule": _lt("The rule as other calendars write it (RFC 5545), instead of a frequency: FREQ=WEEKLY;BYDAY=MO."),
    "at": _lt("Time of day, 09:30. Empty: the whole day."),
    "hours": _lt("How long it takes. Empty: 1."),
    "purpose": _lt("Any text."),
    # === Payment plans === #
    "contract": _lt("Number of a contract that is there already. Its rows need not stand together."),
    "period_start": _lt("First day of the period: a date cell, 31.12.2025 or 2025-12-31."),
    "period_end": _lt("Last day of the period, included."),
    "billing_date": _lt("Day on which the period is billed. Empty: its first day."),
    "already_billed": _lt("Yes or no: the old system billed it, and it is not billed again. Empty: no."),
}

MODEL_LABELS = {
    "res.partner": _lt("customers and contacts"),
    "product.product": _lt("products"),
    "subscription.category": _lt("categories"),
    "account.payment.method.line": _lt("payment methods"),
    "account.payment.term": _lt("payment terms"),
    "project.project": _lt("projects"),
    "maintenance.equipment": _lt("equipment"),
    "res.company": _lt("branches"),
    "hr.employee": _lt("employees"),
    "subscription.interaction.type": _lt("interaction types"),
    "res.users": _lt("users"),
}

ALREADY_BILLED = _lt("Billed in the old system")

# What people do about it, by kind; shown once above the rows concerned.
HINTS = {
    "unknown_reference": _lt("Make the record, or say under Old System IDs which one is meant."),
    "unknown_reference_known": _lt("Use one of the known ids, or say under Old System IDs which record is meant."),
    "ambiguous_reference": _lt("Say under Old System IDs which of them is meant."),
    "unknown_column": _lt("Say under Columns what it holds, or leave it out there."),
    "missing_header": _lt("Say under Columns what each column holds, or take the headings of the template."),
    "exists_differs": _lt("Choose to update what was not billed, or take these rows out."),
    "member_differs": _lt("Choose to update, or take these rows out."),
    "recurrence_differs": _lt("Choose to update, or take these rows out."),
    "row_differs": _lt("Choose to update what was not billed, or take these rows out."),
    "ambiguous_number": _lt("Choose the decimal sign beside the file."),
    "several_sheets": _lt("Choose the sheet beside the file."),
}
SHOWN = 10


def get_message(env, problem):
    """Return the sentence for a problem in the user's language."""
    return str(env._(PROBLEMS[problem.code])) % problem.params


def describe(env, problem):
    """Return a problem as one line of text with its place."""
    place = [env._("Row %s", problem.row)] if problem.row else []
    place += [text for text in (problem.column, problem.value) if text]
    message = get_message(env, problem)
    return f"{', '.join(place)}: {message}" if place else message


def describe_problems(env, problems):
    """Return the first problems of a file as text, for a message outside the list."""
    return env._(
        "Nothing was imported: the file has %(count)s problems.\n%(problems)s",
        count=len(problems),
        problems="\n".join(describe(env, problem) for problem in problems[:SHOWN]),
    )
