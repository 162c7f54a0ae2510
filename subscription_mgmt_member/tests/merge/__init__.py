from . import test_duplicates, test_merge, test_merge_preview, test_merge_subscriptions, test_merge_tour
