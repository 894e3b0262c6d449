"""The studio: takes requests, keeps what is made, and cuts it into films."""

__version__ = "0.1.0"
