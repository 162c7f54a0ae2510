from . import test_chats
from . import test_chat_processes
from . import test_chat_security
