from . import test_deletion, test_figures, test_page_tour, test_preview, test_records, test_search
