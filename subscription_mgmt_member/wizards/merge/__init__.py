from . import member_merge
