"""Settlement: the one way in which money follows the terms of a contract.

Every act changes terms; then one call says which rows the plan should have. Nothing here knows a database or the day
of today, and the result depends on terms and ledger only, never on the order of the acts.

* Terms: what was agreed, per line of a chain (a line and its successors), as a function of the day: days of service,
  price, cadence counted from the one anchor of the chain.
* Due: what the terms ask. One natural period and one price have one running total by the number of served days,
  rounded half up: `round(price * days / days of the period)`. A part is the step from one total to the next, so parts
  sum to the price to the cent, whatever the cuts and their order, and what is due depends on the number of days only.
* Charged: what stands of a billed row: its invoice line, with our corrections, less what accounting gave back. A row
  keeps the price at which it was billed; only days can be cut from it.
* Settle: days that nobody billed become rows of the plan; billed rows get the difference between due and charged.
  Never is more given back than is left, never more charged again than we gave back ourselves.
"""

from .charged import charged
from .difference import Difference, difference
from .due import due
from .ledger import Billed, Correction, Credit, Decision, Due, Ledger, Planned, Settlement, Terms, served
from .settle import settle

__all__ = [
    "Billed",
    "Correction",
    "Credit",
    "Decision",
    "Difference",
    "Due",
    "Ledger",
    "Planned",
    "Settlement",
    "Terms",
    "charged",
    "difference",
    "due",
    "served",
    "settle",
]
