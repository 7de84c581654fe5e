# docker build -t daybook . && docker run -p 127.0.0.1:8080:8080 -v daybook:/var/lib/daybook daybook
# The admin key of the first start is printed once: docker logs <container>

FROM debian:bookworm-slim AS build
WORKDIR /src
COPY cmake/packages.txt cmake/install_packages.sh cmake/
RUN cmake/install_packages.sh build
COPY . .
RUN cmake --preset release -DDAYBOOK_BUILD_TESTS=OFF -DCMAKE_INSTALL_PREFIX=/usr \
 && cmake --build --preset release \
 && cmake --install build/release --strip

FROM debian:bookworm-slim
COPY cmake/packages.txt cmake/install_packages.sh /tmp/
RUN /tmp/install_packages.sh runtime && rm -rf /tmp/packages.txt /tmp/install_packages.sh /var/lib/apt/lists/* \
 && useradd --system --home-dir /var/lib/daybook --no-create-home --shell /usr/sbin/nologin daybook \
 && install -d -o daybook -g daybook -m 0700 /var/lib/daybook
COPY --from=build /usr/bin/daybook /usr/bin/daybook
COPY --from=build /usr/share/daybook /usr/share/daybook
USER daybook
WORKDIR /var/lib/daybook
VOLUME /var/lib/daybook
EXPOSE 8080
# A container has an address of its own, so its publisher decides who reaches the open routes (`-p`).
ENV DAYBOOK_DATA=/var/lib/daybook/data DAYBOOK_LISTEN=0.0.0.0:8080 DAYBOOK_SERVER_OPEN_ROUTES=true
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD \
  ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080; printf 'GET /readyz HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nConnection: close\\r\\n\\r\\n' >&3; read -r line <&3; [[ $line == *' 200 '* ]]"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/daybook"]
CMD ["serve"]
