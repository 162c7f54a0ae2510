from . import subscription_assurance_page
