"""The emulator's front app: ministack, plus what AWS does and ministack does not.

Every gap is one small file that names the AWS document it follows. The list is in `gaps.py`;
delete a file and its line there on the day the emulator catches up.
"""
