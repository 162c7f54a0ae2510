from . import test_suggestions, test_merge, test_merge_preview, test_merge_subscriptions, test_merge_tour
