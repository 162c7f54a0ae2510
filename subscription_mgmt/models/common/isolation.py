from psycopg2 import OperationalError


def run_isolated(records, work):
    """Do `work` on the records in one go; when it fails, halve them until those at fault are found.

    Costs one savepoint when nothing is wrong, and about 2·log2(n) extra tries for each record at fault. Works on
    any sequence of records or of lists of records that can be sliced.

    :param records: recordset, or list, that `work` takes whole or in part.
    :param work: function of it; what it wrote is undone where it raises.
    :return: list of (record, exception) for what was left undone.
    :raise OperationalError: lost connection, deadlock, serialization: not the record's fault, the caller runs again.
    """
    if not records:
        return []
    try:
        # Leaving the savepoint writes what is pending; leaving it by an error empties the cache too.
        with records[0].env.cr.savepoint():
            work(records)
    except OperationalError:
        raise
    except Exception as error:
        if len(records) == 1:
            return [(records[0], error)]
        middle = len(records) // 2
        return run_isolated(records[:middle], work) + run_isolated(records[middle:], work)
    return []
