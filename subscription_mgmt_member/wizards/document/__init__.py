from . import member_upload
