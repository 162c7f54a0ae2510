"""Contexts by which our own code tells the models what it has seen to already.

A caller's words cannot forge the marks: they are objects of this process, compared by identity.
"""

# Nobody follows, or is told of, thousands of records: the run, or whatever made them, says which it made.
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True, "mail_notrack": True}

# Value of `subscription_companies`: the companies of the records were looked at by whoever makes them.
CHECKED = object()

# Value of `subscription_ledger`: the ledger (plan rows, states of contracts, pauses) is written by its own code.
LEDGER = object()

# Value of `subscription_settle`: whoever changes many terms settles the contracts once, when it is done.
LATER = object()
