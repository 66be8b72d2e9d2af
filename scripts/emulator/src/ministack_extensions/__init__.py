"""The front app of the emulator: ministack, plus what AWS does and ministack does not.

Every extension is one small file that names the AWS document it follows. The list is in
`registry.py`; delete a file and its line there on the day the emulator catches up.
"""
