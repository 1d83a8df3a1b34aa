from app_pages.frame import main

main()
