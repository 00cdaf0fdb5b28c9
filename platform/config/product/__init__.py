"""The whole product in one process: what `manage.py up` starts and stops, one module per part."""
