"""What every command starts Odoo through.

A server with workers starts its websocket process, and a server that reloads starts itself again, by the path of the
script that it was started with. `python -m odoo` is no such script: alone, `odoo/__main__.py` cannot find its package.
"""

from odoo.cli import main

main()
