from . import member_fetch
