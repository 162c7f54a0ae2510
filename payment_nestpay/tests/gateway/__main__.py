"""Start the gateway alone: `PYTHONPATH=payment_nestpay/tests python -m gateway --port 8070 …`."""

import argparse
import threading

from . import Bank, Gateway

parser = argparse.ArgumentParser(description="A payment gateway of no bank, for demonstrations, on this machine only.")
parser.add_argument("--port", type=int, default=8070)
parser.add_argument("--merchant", default="190100000")
parser.add_argument("--store-key", default="DEMO1234")
parser.add_argument("--user", default="demoapi")
parser.add_argument("--password", default="DEMOAPI1")
parser.add_argument("--store-type", default="3D_PAY_HOSTING", choices=("3D_PAY_HOSTING", "3D_PAY"))
parser.add_argument("--delay", type=int, default=1500, help="milliseconds that the result is shown")
options = parser.parse_args()

bank = Bank(options.merchant, options.store_key, options.user, options.password, options.store_type)
gateway = Gateway(bank, options.port, delay=options.delay)
print(f"The simulated bank is at {gateway.url}; its orders at {gateway.url.removesuffix('/fim')}/", flush=True)
try:
    threading.Event().wait()
except KeyboardInterrupt:
    gateway.stop()
